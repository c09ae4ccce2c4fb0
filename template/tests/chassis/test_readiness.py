"""Probes that share an answer: how often the database is asked, by whose leave, and until when."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.chassis.db.database import Database
from app.chassis.draining import Draining
from app.chassis.errors import DatabaseUnavailable, NotReady
from app.chassis.readiness import FRESH, Readiness, answering_together

from .waiting import PATIENCE, until


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Question:
    """Counts how often it is asked, and is answered when the test says so."""

    def __init__(self) -> None:
        self.asked = 0
        self.given_up = 0
        self.answer = asyncio.Event()
        self.failure: Exception | None = None

    async def __call__(self) -> None:
        self.asked += 1
        try:
            await self.answer.wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)  # giving up a connection takes a while
            self.given_up += 1
            raise
        if self.failure:
            raise self.failure


def readiness_of(ping: Callable[[], Awaitable[None]], clock: Clock | None = None) -> Readiness:
    return Readiness(ping, Draining(0), 60, clock or Clock())


async def test_many_who_ask_at_once_ask_the_database_once(database: Database) -> None:
    asked = []

    async def ping() -> None:
        asked.append(1)
        await database.ping()

    readiness = readiness_of(ping)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(150):
            tasks.create_task(readiness.check())

    assert len(asked) == 1


async def test_an_answer_is_good_for_a_moment() -> None:
    clock, ping = Clock(), Question()
    ping.answer.set()
    readiness = readiness_of(ping, clock)

    asked = []
    for seconds in (0, FRESH * 0.9, FRESH * 0.2, 0):
        clock.now += seconds
        await readiness.check()
        asked.append(ping.asked)

    assert asked == [1, 1, 2, 2]


async def test_so_is_a_refusal() -> None:
    clock, ping = Clock(), Question()
    ping.answer.set()
    ping.failure = DatabaseUnavailable()
    readiness = readiness_of(ping, clock)

    for _ in range(2):
        with pytest.raises(NotReady):
            await readiness.check()
    clock.now += FRESH
    ping.failure = None
    await readiness.check()

    assert ping.asked == 2


def test_no_answer_outlasts_what_orchestrators_ask_in() -> None:
    assert FRESH <= 1


async def test_who_hangs_up_takes_the_answer_from_nobody_else() -> None:
    ping = Question()
    readiness = readiness_of(ping)
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(readiness.check())
        await until(lambda: ping.asked == 1)
        second = tasks.create_task(readiness.check())
        await asyncio.sleep(0)
        first.cancel()
        await until(first.done)
        ping.answer.set()
        await second

    assert (ping.asked, ping.given_up) == (1, 0)


async def test_who_waits_is_told_in_time_and_the_question_is_given_up() -> None:
    ping = Question()
    readiness = Readiness(ping, Draining(0), timeout=0.05)

    with pytest.raises(NotReady) as refused:
        await readiness.check()
    await until(lambda: ping.given_up == 1)

    assert isinstance(refused.value.__cause__, TimeoutError)


async def test_nobody_waits_until_a_question_is_given_up() -> None:
    """A driver may take its time for that."""
    given_up = asyncio.Event()

    async def ping() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await given_up.wait()

    readiness = Readiness(ping, Draining(0), timeout=0.05)
    async with asyncio.timeout(PATIENCE):
        assert "does not answer" in await refusal(readiness)
    given_up.set()
    await readiness.close()


async def test_draining_shows_at_once_though_a_good_answer_is_fresh() -> None:
    ping, draining = Question(), Draining(0)
    ping.answer.set()
    readiness = Readiness(ping, draining, 60, Clock())
    await readiness.check()

    draining.begun = True

    with pytest.raises(NotReady, match="draining"):
        await readiness.check()


async def test_who_drains_asks_nothing() -> None:
    ping, draining = Question(), Draining(0)
    draining.begun = True
    ping.answer.set()

    with pytest.raises(NotReady, match="draining"):
        await Readiness(ping, draining, 60, Clock()).check()
    assert ping.asked == 0


async def test_draining_shows_to_who_waits_for_an_answer() -> None:
    ping, draining = Question(), Draining(0)
    readiness = Readiness(ping, draining, 60, Clock())
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(refusal(readiness))
        await until(lambda: ping.asked == 1)
        draining.begun = True
        ping.answer.set()

    assert "draining" in waiting.result()


async def refusal(readiness: Readiness) -> str:
    with pytest.raises(NotReady) as refused:
        await readiness.check()
    return str(refused.value)


async def test_no_question_outlives_the_service() -> None:
    ping = Question()
    async with asyncio.TaskGroup() as tasks:
        async with answering_together(ping, Draining(0), 60) as readiness:
            waiting = tasks.create_task(readiness.check())
            await until(lambda: ping.asked == 1)
            waiting.cancel()
        ended = ping.given_up

    assert ended == 1
