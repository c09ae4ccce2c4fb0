"""Whether a secret is random. Nothing proves it, but what people make up, copy from an
example or repeat looks different."""

import math
import string

FOR_TOKENS = 96
"""Bits that a secret of programs has at least: 24 hexadecimal digits, or 16 of base64."""

FOR_PASSWORDS = 60
"""Bits of a password that a server checks by itself, so that guessing is slow: 11 letters and
digits."""

MAKE_ONE = "python -c 'import secrets; print(secrets.token_urlsafe(32))'"

LEAST_DIFFERENT = 6
"""Characters that differ. Of 24 hexadecimal digits, 13 do on average."""

# Of six letters and more: in 43 random characters one of them is there once in millions.
_WORDS = (
    *("changeme", "change-me", "change_me", "changethis", "change-this", "change_this"),
    *("choose-one", "default", "example", "generated-by", "insecure", "letmein", "passwd"),
    *("password", "placeholder", "postgres", "qwerty", "replace", "secret", "<", "${"),
)
_ENGLISH = (
    "th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve "
    "co me de hi ri ro ic ne ea ra ce li ch ll be ma si om ur"
)
"""Half of the pairs of letters in English, and 7 % of random ones."""

_COMMON_PAIRS = frozenset(_ENGLISH.split())


def weakness(secret: str, bits: int) -> str | None:
    """What is wrong with it, for people: too short, a placeholder, or not random."""
    if not secret:
        return "is not set"
    if any(word in secret.lower() for word in _WORDS):
        return "is a placeholder or a well-known one"
    if len(secret) * math.log2(_alphabet(secret)) < bits:
        return "is too short"
    return "is not random" if _is_made_up(secret) else None


def _alphabet(secret: str) -> int:
    """How many characters its maker chose from, as far as it shows."""
    if set(secret) <= set(string.hexdigits) and secret in (secret.lower(), secret.upper()):
        return 10 if secret.isdecimal() else 16
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    used = sum(len(kind) for kind in kinds if set(secret) & set(kind))
    return used + (0 if secret.isascii() and secret.isalnum() else 10)


def _is_made_up(secret: str) -> bool:
    """It repeats, counts up or down, or reads like a language. The bounds are so far from what
    chance gives that they refuse one in 100,000 that it made, or fewer."""
    most = len(secret)
    text = secret.lower()
    triples = {secret[i : i + 3] for i in range(most - 2)}
    english = sum(text[i : i + 2] in _COMMON_PAIRS for i in range(most - 1))
    return (
        len(set(secret)) < LEAST_DIFFERENT
        or len(triples) < 0.7 * (most - 2)
        or max(_steps(secret, apart) for apart in (1, 2)) > 0.4 * most + 5
        or english > 0.2 * most + 4
        or any(character.isspace() for character in secret)
    )


def _steps(secret: str, apart: int) -> int:
    """How often a character is the next one, the one before or the same, so far apart."""
    pairs = zip(secret, secret[apart:], strict=False)
    return sum(abs(ord(one) - ord(other)) <= 1 for one, other in pairs)
