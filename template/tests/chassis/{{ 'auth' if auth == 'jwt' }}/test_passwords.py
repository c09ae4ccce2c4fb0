"""Passwords: what a hash proves, and who waits for it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
from pwdlib import PasswordHash

from app.chassis.parts.auth.errors import TooManyPasswords
from app.chassis.parts.auth.passwords import NOBODY, Passwords

from .gate import CHEAP, Gated

PASSWORD = "correct horse battery staple"
PARAMETERS = ["", "argon2id", "v=19", "m=65536,t=3,p=4"]
"""What a hash says of itself: OWASP's choice and more."""


async def test_a_hash_is_verified_and_nothing_else() -> None:
    with Passwords(threads=2, waiting=2) as passwords:
        stored = await passwords.hash("pässword")

        assert stored.split("$")[:4] == PARAMETERS
        assert await passwords.verify("pässword", stored) == (True, None)
        assert await passwords.verify("pa\u0308ssword", stored) == (True, None), "typed otherwise"
        assert (await passwords.verify("password", stored))[0] is False
        assert (await passwords.verify("pässword", None))[0] is False


async def test_a_hash_with_other_parameters_is_made_anew() -> None:
    with Passwords(threads=1, waiting=0) as passwords:
        is_right, new = await passwords.verify(PASSWORD, CHEAP.hash(PASSWORD))

    assert is_right
    assert new
    assert new.split("$")[:4] == PARAMETERS


def test_nobody_has_a_hash_like_any_other() -> None:
    """With other parameters, or another length, it would take another time."""
    stored = PasswordHash.recommended().hash(PASSWORD)

    assert [len(part) for part in NOBODY.split("$")] == [len(part) for part in stored.split("$")]
    assert NOBODY.split("$")[:4] == PARAMETERS


@pytest.fixture
def hasher() -> Gated:
    return Gated()


@pytest.fixture
async def passwords(hasher: Gated) -> AsyncGenerator[Passwords]:
    """Two at a time; two more may wait."""
    with Passwords(threads=2, waiting=2, hasher=hasher) as passwords:
        try:
            yield passwords
        finally:
            hasher.gate.set()


async def test_an_unknown_user_costs_what_a_wrong_password_costs(
    passwords: Passwords, hasher: Gated
) -> None:
    hasher.gate.set()
    for stored in ("the hash of somebody", None):
        assert await passwords.verify(PASSWORD, stored) == (False, None)

    assert hasher.asked == ["the hash of somebody", NOBODY]


async def test_the_loop_goes_on_while_passwords_are_hashed(
    passwords: Passwords, hasher: Gated
) -> None:
    async with asyncio.TaskGroup() as tasks:
        hashing = [tasks.create_task(passwords.hash(PASSWORD)) for _ in range(4)]
        await asyncio.sleep(0)
        assert passwords.busy == 4, "all have begun, and this goes on"
        hasher.gate.set()

    assert all(task.result() for task in hashing)


async def test_who_comes_when_too_many_wait_is_sent_away(
    passwords: Passwords, hasher: Gated
) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(passwords.hash(PASSWORD)) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyPasswords):
            await passwords.hash(PASSWORD)
        hasher.gate.set()

    assert all(task.result() for task in waiting)
    assert await passwords.hash(PASSWORD), "there is room again"


async def test_a_cancelled_request_gives_its_place_back_when_its_thread_ends(
    passwords: Passwords, hasher: Gated
) -> None:
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(passwords.hash(PASSWORD)) for _ in range(4)]
        await asyncio.sleep(0)
        for task in running:
            task.cancel()
    assert passwords.busy == 2, "two waited, and need not; two are at work"

    hasher.gate.set()
    async with asyncio.timeout(60):
        while passwords.busy:  # noqa: ASYNC110  # a thread sets no event
            await asyncio.sleep(0.01)
    assert await passwords.hash(PASSWORD)
