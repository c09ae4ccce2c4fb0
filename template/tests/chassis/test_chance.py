"""Random secrets are taken, others are not."""

import secrets

import pytest

from app.chassis.chance import FOR_PASSWORDS, FOR_TOKENS, weakness
from scripts.setup import PLACEHOLDER

MADE_UP = {
    "a placeholder": PLACEHOLDER,
    "the placeholder of a chart": "<put a long random string in here>",
    "a variable that nobody filled in": "${METRICS_TOKEN_OF_PRODUCTION}",
    "one character": "x",
    "short": "aB3xYz9kLm2Q",
    "digits over and over": "0123456789" * 4,
    "hexadecimal digits over and over": "deadbeef" * 8,
    "the same": "a" * 64,
    "letters in their order": "abcdefghijklmnopqrstuvwxyz0123456789",
    "letters backwards": "zyxwvutsrqponmlkjihgfedcba9876543210",
    "two orders at once": "a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6",
    "a sentence": "the quick brown fox jumps over the lazy dog",
    "a sentence without spaces": "thisisaverylongkeyforourservicedonottellanybody",
    "a sentence with capitals": "MySuperLongKeyForProductionDoNotShare2026",
    "a sentence with hyphens": "our-company-signs-its-tokens-with-this-one",
}


@pytest.mark.parametrize("secret", MADE_UP.values(), ids=MADE_UP.keys())
def test_what_people_make_up_is_weak(secret: str) -> None:
    assert weakness(secret, FOR_TOKENS)


@pytest.mark.parametrize("password", ["", "Password1", "postgres", "app", "hunter2", PLACEHOLDER])
def test_passwords_may_be_shorter_but_no_less_random(password: str) -> None:
    assert weakness(password, FOR_PASSWORDS)
    assert weakness("jPmZ4vH3q2J8", FOR_PASSWORDS) is None


def test_what_chance_makes_is_taken() -> None:
    made = [
        secret
        for _ in range(300)
        for secret in (secrets.token_urlsafe(32), secrets.token_hex(32), secrets.token_hex(16))
    ]

    assert [secret for secret in made if weakness(secret, FOR_TOKENS)] == []


def test_the_secret_is_not_told() -> None:
    told = {weakness(secret, FOR_TOKENS) for secret in MADE_UP.values()}

    assert not [secret for secret in MADE_UP.values() if len(secret) > 1 and secret in str(told)]
