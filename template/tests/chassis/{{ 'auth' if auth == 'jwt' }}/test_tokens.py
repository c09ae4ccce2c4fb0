"""Access tokens: whatever is not exactly ours is refused, and nothing of it breaks."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Self
from uuid import uuid4

import httpx2
import jwt
import pytest
from pydantic import SecretStr

from app.chassis.config import ChassisSettings
from app.chassis.parts.auth.errors import InvalidAccessToken
from app.chassis.parts.auth.settings import AuthSettings
from app.chassis.parts.auth.tokens import CLOCKS, AccessTokens, new_refresh_token

ME = "/api/v1/me"

OURS = "x2Cq8-Bz5Vt1Wn7Rk4Lp0Sd9Gh3Jf6Ym-w8Ta3_Ec6Uo1Iv5Py9Ds2Fg7Hk4Zx0b"
"""Long enough for other algorithms, so that nothing but their name speaks against them."""

OTHER = "q7Hs2-Kd9Zp4Xv1Nc6Tb3Rf8Wj5Lg0Am"
SETTINGS = AuthSettings(secrets=[SecretStr(OURS)])


def claims(**given: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    usual = {
        "iss": SETTINGS.issuer,
        "aud": SETTINGS.audience,
        "sub": str(uuid4()),
        "exp": now + timedelta(minutes=1),
        "iat": now,
        "jti": "1",
        "gen": 1,
    }
    return {name: value for name, value in (usual | given).items() if value is not None}


def signed(
    key: str = OURS, algorithm: str = "HS256", typ: str | None = "at+jwt", **given: Any
) -> str:
    return jwt.encode(claims(**given), key, algorithm, headers={"typ": typ})


def part(content: object) -> str:
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def soon(**delta: int) -> datetime:
    return datetime.now(UTC) + timedelta(**delta)


def with_header(header: object) -> str:
    return f"{part(header)}.{part({})}.{part('x')}"


BAD: dict[str, Callable[[], str]] = {
    "no algorithm": lambda: jwt.encode(claims(), "", "none", headers={"typ": "at+jwt"}),
    "another algorithm": lambda: signed(OURS, "HS512"),
    "another key": lambda: signed(OTHER),
    "expired": lambda: signed(exp=soon(seconds=-20)),
    "not valid yet": lambda: signed(nbf=soon(minutes=5)),
    "never expires": lambda: signed(exp=None),
    "expires at the end of time": lambda: signed(exp=1e30),
    "expires at no time": lambda: signed(exp="tomorrow"),
    "no issuer": lambda: signed(iss=None),
    "no audience": lambda: signed(aud=None),
    "no subject": lambda: signed(sub=None),
    "no time of issue": lambda: signed(iat=None),
    "no id": lambda: signed(jti=None),
    "no generation": lambda: signed(gen=None),
    "a generation that is no number": lambda: signed(gen="the next one"),
    "a generation that is a list": lambda: signed(gen=[1]),
    "generations without end": lambda: signed(gen=float("inf")),
    "another issuer": lambda: signed(iss="somebody-else"),
    "another audience": lambda: signed(aud="somebody-else"),
    "subject is no id": lambda: signed(sub="admin"),
    "another type": lambda: signed(typ="JWT"),
    "no type": lambda: signed(typ=None),
    "critical extension": lambda: jwt.encode(
        claims(), OURS, "HS256", headers={"typ": "at+jwt", "crit": ["x"], "x": 1}
    ),
    "changed": lambda: signed().replace(".", f".{part({'sub': 'x'})}", 1),
    "unsigned": lambda: signed().rpartition(".")[0] + ".",
    "two parts": lambda: "a.b",
    "four parts": lambda: signed() + ".x",
    "a refresh token": new_refresh_token,
    "a word": lambda: "token",
    "NUL": lambda: "a\x00b",
    "not ASCII": lambda: "ä.ö.ü",
    "half of a surrogate pair": lambda: "\ud800",
    "a header that is no object": lambda: with_header([]),
    "a header with a huge number": lambda: with_header('{"alg":' + "9" * 1_000 + "}"),
    "a header that nests deeply": lambda: with_header("[" * 1_400),
    "very long": lambda: signed(sub=str(uuid4()), more="x" * 3_000),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_what_is_not_ours_is_refused(bad: Callable[[], str]) -> None:
    with pytest.raises(InvalidAccessToken):
        AccessTokens(SETTINGS).read(bad())


class InAMinute(datetime):
    """The time that it will be when what is made here is over."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(minutes=1) + CLOCKS


def test_a_token_that_was_read_before_expires_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tokens, token = AccessTokens(SETTINGS), signed()
    tokens.read(token)

    monkeypatch.setattr("app.chassis.parts.auth.tokens.datetime", InAMinute)

    with pytest.raises(InvalidAccessToken):
        tokens.read(token)


def test_what_is_ours_is_taken() -> None:
    """Or the refusals of the other tests would prove nothing."""
    tokens, user_id = AccessTokens(SETTINGS), uuid4()

    issued = tokens.read(tokens.issue(user_id, 7))

    assert (issued.user_id, issued.generation) == (user_id, 7)
    assert tokens.read(signed(sub=str(user_id))).user_id == user_id


@pytest.mark.parametrize("hours", [-1, 1], ids=["behind", "ahead"])
def test_when_a_token_was_issued_decides_nothing(hours: int) -> None:
    """The clock of the machine that did may be wrong."""
    assert AccessTokens(SETTINGS).read(signed(iat=soon(hours=hours))).generation == 1


@pytest.mark.parametrize(
    "authorization",
    [
        b"Bearer token",
        b"Bearer a.b.c",
        b"Bearer \xff\xfe.\x00",
        b"Bearer " + signed(OTHER).encode(),
    ],
    ids=["a word", "three parts", "bytes", "another key"],
)
async def test_a_bad_token_is_answered_with_a_challenge(
    client: httpx2.AsyncClient, authorization: bytes
) -> None:
    response = await client.get(ME, headers={b"authorization": authorization})

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Basic YTpi"}, {"Authorization": "Bearer "}], ids=str
)
async def test_without_a_token_the_challenge_names_no_error(
    client: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    """RFC 6750, section 3.1."""
    response = await client.get(ME, headers=headers)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert response.json()["type"] == "urn:problem-type:not-signed-in"


async def test_of_two_tokens_none_counts(
    client: httpx2.AsyncClient, settings: ChassisSettings
) -> None:
    token = AccessTokens(settings.auth).issue(uuid4(), 1)
    line = ("Authorization", f"bearer {token}")

    assert (await client.get(ME, headers=[line])).status_code == 200
    assert (await client.get(ME, headers=[line, line])).status_code == 401


def test_a_new_key_signs_while_the_old_one_still_verifies() -> None:
    user_id = uuid4()
    before = AccessTokens(SETTINGS)
    during = AccessTokens(AuthSettings(secrets=[SecretStr(OTHER), SecretStr(OURS)]))
    after = AccessTokens(AuthSettings(secrets=[SecretStr(OTHER)]))

    assert during.read(before.issue(user_id, 1)).user_id == user_id
    assert during.read(during.issue(user_id, 1)).user_id == user_id
    assert after.read(during.issue(user_id, 1)).user_id == user_id
    with pytest.raises(InvalidAccessToken):
        after.read(before.issue(user_id, 1))


def test_an_access_token_is_short_lived_and_unique() -> None:
    tokens = AccessTokens(SETTINGS)
    one, other = (
        jwt.decode(tokens.issue(uuid4(), 1), OURS, ["HS256"], audience=SETTINGS.audience)
        for _ in range(2)
    )

    assert 899 < one["exp"] - one["iat"] <= 900
    assert one["jti"] != other["jti"]
    assert set(one) == {"iss", "aud", "sub", "exp", "iat", "jti", "gen"}


def test_without_secrets_each_start_makes_a_key_of_its_own() -> None:
    one, other = AccessTokens(AuthSettings(secrets=[])), AccessTokens(AuthSettings(secrets=[]))

    with pytest.raises(InvalidAccessToken):
        other.read(one.issue(uuid4(), 1))
