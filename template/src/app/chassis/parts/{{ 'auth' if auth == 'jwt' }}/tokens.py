"""Tokens: signed ones that prove who calls, and secret ones that get a new pair."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import jwt

from .errors import InvalidAccessToken
from .settings import AuthSettings

ALGORITHM = "HS256"
TYPE = "at+jwt"
"""Of access tokens (RFC 9068): a token that was made for something else is none."""

GENERATION = "gen"
"""The claim that says which generation of its account's tokens a token belongs to."""

REQUIRED = ("iss", "aud", "sub", "exp", "iat", "jti", GENERATION)

CLOCKS = timedelta(seconds=5)
"""How far the clocks of our machines may differ."""

LONGEST = 2_048
"""Characters: ours have about 400."""

REMEMBERED = 2_000
"""Tokens that each process knows to be signed. They take a megabyte or two."""


@dataclass(frozen=True, slots=True)
class Issued:
    """What an access token proves."""

    user_id: UUID
    generation: int
    """Whether it still counts, the account says."""

    until: datetime


class AccessTokens:
    """JSON Web Tokens, as RFC 8725 wants them: one algorithm, one type, every claim required."""

    def __init__(self, settings: AuthSettings) -> None:
        self._settings = settings
        # For development: whoever sets no secret signs out all users with each start.
        self._keys = settings.keys() or [secrets.token_bytes(32)]
        # What a clock that is ahead has signed is ours all the same.
        self._jwt = jwt.PyJWT(
            {"enforce_minimum_key_length": True, "require": [*REQUIRED], "verify_iat": False}
        )
        # Clients send the same token many times, and what was signed stays signed.
        self._verified = lru_cache(REMEMBERED)(self._verify)

    def issue(self, user_id: UUID, generation: int) -> str:
        """Signed with the first key."""
        now = datetime.now(UTC)
        claims = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": str(user_id),
            "exp": now + timedelta(seconds=self._settings.access_lifetime),
            "iat": now,
            "jti": str(uuid4()),
            GENERATION: generation,
        }
        return self._jwt.encode(claims, self._keys[0], ALGORITHM, headers={"typ": TYPE})

    def read(self, token: str) -> Issued:
        """Raises `InvalidAccessToken`."""
        issued = self._verified(token)
        if issued.until <= datetime.now(UTC) - CLOCKS:
            raise InvalidAccessToken
        return issued

    def _verify(self, token: str) -> Issued:
        if len(token) > LONGEST:
            raise InvalidAccessToken
        try:
            found = self._decode(token)
            if found["header"].get("typ") != TYPE:
                raise InvalidAccessToken
            claims = found["payload"]
            until = datetime.fromtimestamp(float(claims["exp"]), UTC)
            return Issued(UUID(claims["sub"]), int(claims[GENERATION]), until)
        except (jwt.PyJWTError, TypeError, ValueError, OverflowError) as error:
            raise InvalidAccessToken from error

    def _decode(self, token: str) -> dict[str, Any]:
        """With the key that fits: all of them verify, so that a new one can take over."""
        for key in self._keys[:-1]:
            try:
                return self._decode_with(key, token)
            except jwt.InvalidSignatureError:
                continue
        return self._decode_with(self._keys[-1], token)

    def _decode_with(self, key: bytes, token: str) -> dict[str, Any]:
        return self._jwt.decode_complete(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._settings.audience,
            issuer=self._settings.issuer,
            leeway=CLOCKS,
        )


def new_refresh_token() -> str:
    """256 bits that nobody guesses and that mean nothing."""
    return secrets.token_urlsafe(32)


def stored_form(refresh_token: str) -> str:
    """What the database knows of it: who steals that has no token. 256 random bits need no slow
    hash."""
    return sha256(refresh_token.encode()).hexdigest()
