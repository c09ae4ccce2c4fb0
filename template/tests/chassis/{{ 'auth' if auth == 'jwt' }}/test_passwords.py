"""Hashing: costly for guessers, and nobody else waits for it."""

import asyncio
import statistics
import time
from collections.abc import AsyncGenerator, Generator

import httpx2
import pytest
from sqlalchemy import text

from app.chassis.db.database import Database
from app.chassis.parts.auth.errors import TooManyPasswords
from app.chassis.parts.auth.passwords import NOBODY, Passwords
from app.config import Settings
from app.main import create_app

from ...resources.accounts import CHEAP, PASSWORD, auth_of, log_in, person, register
from ..running import Running, running

LOGINS = 5


@pytest.fixture
def passwords() -> Generator[Passwords]:
    with Passwords(threads=2, waiting=2) as passwords:
        yield passwords


async def test_a_hash_is_verified_and_nothing_else(passwords: Passwords) -> None:
    stored = await passwords.hash("pässword")

    assert await passwords.verify("pässword", stored) == (True, None)
    assert await passwords.verify("pa\u0308ssword", stored) == (True, None), "typed otherwise"
    assert (await passwords.verify("password", stored))[0] is False
    assert (await passwords.verify("pässword", None))[0] is False


async def test_nobody_has_a_hash_like_any_other(passwords: Passwords) -> None:
    """With other parameters it would take another time."""
    stored = await passwords.hash(PASSWORD)

    assert [len(part) for part in NOBODY.split("$")] == [len(part) for part in stored.split("$")]
    assert NOBODY.split("$")[:4] == stored.split("$")[:4]


async def test_an_unknown_user_takes_as_long_as_a_wrong_password(
    anonymous: httpx2.AsyncClient,
) -> None:
    known = (await register(anonymous)).json()["email"]
    spent: dict[str, list[float]] = {known: [], "nobody@example.org": []}
    for _ in range(LOGINS):
        for email, times in spent.items():
            begin = time.perf_counter()
            await log_in(anonymous, email, "wrong password")
            times.append(time.perf_counter() - begin)

    one, other = (statistics.median(times) for times in spent.values())
    assert 1 / 3 < one / other < 3


async def test_the_loop_goes_on_while_passwords_are_hashed(passwords: Passwords) -> None:
    async with asyncio.TaskGroup() as tasks:
        hashing = [tasks.create_task(passwords.hash(PASSWORD)) for _ in range(4)]
        turns = 0
        while not all(task.done() for task in hashing):
            await asyncio.sleep(0.001)
            turns += 1

    assert turns > 20


async def test_who_comes_when_too_many_wait_is_sent_away(passwords: Passwords) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(passwords.hash(PASSWORD)) for _ in range(4)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyPasswords):
            await passwords.hash(PASSWORD)

    assert all(task.result() for task in waiting)
    assert await passwords.hash(PASSWORD), "there is room again"


async def test_a_cancelled_request_gives_its_place_back(passwords: Passwords) -> None:
    for _ in range(20):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await passwords.hash(PASSWORD)
        await until_idle(passwords)

    assert await passwords.hash(PASSWORD)


async def until_idle(passwords: Passwords) -> None:
    async with asyncio.timeout(10):
        while passwords.busy:  # noqa: ASYNC110  # a thread sets no event
            await asyncio.sleep(0.01)


@pytest.fixture
async def narrow(settings: Settings, migrated: None, database: Database) -> AsyncGenerator[Running]:
    """A service that hashes one password at a time, and lets none wait."""
    auth = settings.auth.model_copy(update={"hashing_threads": 1, "hashing_queue": 0})
    async with running(create_app(settings.model_copy(update={"auth": auth}))) as service:
        yield service


async def test_too_many_logins_are_answered_503_and_nobody_else_notices(narrow: Running) -> None:
    async with asyncio.TaskGroup() as tasks:
        logins = [tasks.create_task(log_in(narrow.client, "a@example.org")) for _ in range(10)]
        await asyncio.sleep(0.02)
        ready = tasks.create_task(narrow.client.get("/health/ready"))

    answers = [login.result() for login in logins]
    assert ready.result().status_code == 200
    assert {answer.status_code for answer in answers} == {401, 503}
    refused = next(answer for answer in answers if answer.status_code == 503)
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["type"] == "urn:problem-type:too-many-passwords"


async def test_a_hash_with_other_parameters_is_replaced_at_the_next_login(
    guarded: Running, database: Database
) -> None:
    somebody = await person(guarded, password_hash=CHEAP.hash(PASSWORD))

    statuses = [(await log_in(guarded.client, somebody.email)).status_code for _ in range(2)]

    async with database.reader.entities() as session:
        stored = await session.scalar(text("SELECT password_hash FROM accounts"))
    assert statuses == [200, 200]
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_no_connection_is_held_while_a_password_is_hashed(guarded: Running) -> None:
    """A unit of work that begins before would starve the others: SQLite has one writer."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(8):  # so that the registration has to wait
            tasks.create_task(auth_of(guarded).passwords.hash(PASSWORD))
        registration = tasks.create_task(register(guarded.client))
        await asyncio.sleep(0.03)
        async with guarded.database.transaction() as session:
            await session.execute(text("DELETE FROM posts"))
        assert not registration.done()

    assert registration.result().status_code == 201
