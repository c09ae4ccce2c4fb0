"""Requests that take too long are ended, and leave nothing behind."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import pytest
from fastapi import BackgroundTasks, FastAPI
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.http.deps import SessionDep
from app.chassis.http.settings import HttpSettings
from app.chassis.middleware.deadline import Deadline

from ..running import Running, running
from ..things.application import create_app
from ..things.factory import box_body
from ..things.repositories import BoxRepository
from ..things.tables import Box
from .test_stack import NAMES

DEADLINE = 0.5
"""In seconds: enough for a unit of work on a busy machine."""
FOREVER = 2
"""In seconds: without a deadline tests fail, and don't hang."""


def add_slow_routes(app: FastAPI, done: list[str]) -> None:
    @app.post("/hang")
    async def hang(session: SessionDep) -> None:
        await BoxRepository(session).add(Box(**box_body()))
        done.append("written")
        try:
            await asyncio.sleep(FOREVER)
        finally:
            await asyncio.sleep(0.05)
            done.append("cleaned up")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def chunks() -> AsyncIterator[str]:
            for _ in range(4):
                yield "x"
                await asyncio.sleep(DEADLINE / 2)

        return StreamingResponse(chunks())

    @app.get("/afterwards")
    async def work_afterwards(tasks: BackgroundTasks) -> None:
        async def work() -> None:
            await asyncio.sleep(2 * DEADLINE)
            done.append("worked")

        tasks.add_task(work)

    @app.get("/impatient")
    async def give_up() -> None:
        raise TimeoutError


@pytest.fixture
def done() -> list[str]:
    """What the slow routes did."""
    return []


@pytest.fixture
async def hurried(settings: ChassisSettings, done: list[str]) -> AsyncGenerator[Running]:
    app = create_app(settings.model_copy(update={"http": HttpSettings(deadline=DEADLINE)}))
    add_slow_routes(app, done)
    async with running(app) as service:
        yield service


async def test_a_request_that_takes_too_long_is_answered_504(
    hurried: Running, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    response = await hurried.client.post("/hang")

    problem = response.json()
    assert response.status_code == problem["status"] == 504
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:problem-type:deadline-exceeded"
    assert problem.get("request_id") == response.headers.get("x-request-id")
    logged = [vars(record)["status"] for record in caplog.records if record.name == "app.access"]
    assert logged == ([504] if "access_log" in NAMES else [])


async def test_the_clean_up_ends_before_the_answer(
    hurried: Running, database: Database, done: list[str]
) -> None:
    while "written" not in done:  # a busy machine may be late even for that
        done.clear()
        assert (await hurried.client.post("/hang")).status_code == 504

    assert done == ["written", "cleaned up"]
    assert await BoxRepository(database.reader).count() == 0


async def test_many_missed_deadlines_leave_every_connection_free(
    hurried: Running, database: Database, done: list[str]
) -> None:
    for _ in range(8):
        async with asyncio.TaskGroup() as tasks:
            for _ in range(3):
                tasks.create_task(hurried.client.post("/hang"))
        assert getattr(hurried.database.writer.pool, "checkedout", int)() == 0

    assert "written" in done
    created = await hurried.client.post("/api/v1/boxes", json=box_body())
    assert created.status_code == 201
    assert await BoxRepository(database.reader).count() == 1


async def test_reading_a_slow_body_counts(hurried: Running) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(FOREVER)

    response = await hurried.client.post("/api/v1/boxes", content=slow())

    assert response.status_code == 504


async def test_an_answer_that_has_begun_is_not_ended(hurried: Running) -> None:
    response = await hurried.client.get("/stream")

    assert (response.status_code, response.text) == (200, "xxxx")


async def test_work_after_the_answer_may_take_its_time(hurried: Running, done: list[str]) -> None:
    assert (await hurried.client.get("/afterwards")).status_code == 200

    assert done == ["worked"]


async def test_a_timeout_of_the_application_is_no_deadline(hurried: Running) -> None:
    assert (await hurried.client.get("/impatient")).status_code == 500


async def hang(scope: Scope, receive: Receive, send: Send) -> None:
    await asyncio.sleep(FOREVER)


async def begin_when_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await asyncio.sleep(FOREVER)
    finally:
        await send({"type": "http.response.start", "status": 503, "headers": []})


async def cancel_when_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await asyncio.sleep(FOREVER)
    finally:
        running = asyncio.current_task()
        assert running
        running.cancel()


async def impatient_when_cancelled(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await asyncio.sleep(FOREVER)
    except asyncio.CancelledError:
        raise TimeoutError from None


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(app: Deadline, sent: list[Message]) -> None:
    async def receive() -> Message:
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    await app({"type": "http", "method": "GET", "path": "/", "headers": []}, receive, send)


async def test_a_request_that_is_cancelled_stays_cancelled() -> None:
    sent: list[Message] = []
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(ask(Deadline(hang, seconds=60), sent))
        await asyncio.sleep(0)
        task.cancel()

    assert task.cancelled()
    assert sent == []


async def test_there_is_never_a_second_answer() -> None:
    sent: list[Message] = []
    with pytest.raises(TimeoutError):
        await ask(Deadline(begin_when_cancelled, seconds=0.01), sent)

    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_each_has_its_own_time_and_the_whole_of_it() -> None:
    """A timer is shared: it has to find the next one, also after requests that ended in time."""
    loop, quick = asyncio.get_running_loop(), [True, False]
    seconds = 0.1

    async def quick_or_not(scope: Scope, receive: Receive, send: Send) -> None:
        await (answer if quick.pop() else hang)(scope, receive, send)

    app = Deadline(quick_or_not, seconds=seconds)

    async def ended(times: list[float]) -> None:
        begin, sent = loop.time(), list[Message]()
        await ask(app, sent)
        assert sent[0]["status"] in {200, 504}
        times.append(loop.time() - begin)

    for _ in range(2):
        times: list[float] = []
        quick[:] = [False, False, True, False]
        async with asyncio.TaskGroup() as tasks:
            for _ in range(4):
                tasks.create_task(ended(times))
                await asyncio.sleep(seconds / 4)

        assert not quick
        late = sorted(times)[1:]
        assert min(late) > seconds - 0.01, times


@pytest.mark.parametrize("late", [hang, impatient_when_cancelled])
async def test_what_is_ended_is_not_cancelled_any_more(
    late: Callable[[Scope, Receive, Send], Awaitable[None]],
) -> None:
    sent: list[Message] = []
    await ask(Deadline(late, seconds=0.01), sent)

    task = asyncio.current_task()
    assert task
    assert task.cancelling() == 0
    assert sent[0]["status"] == 504


async def test_who_is_cancelled_and_late_stays_cancelled() -> None:
    sent: list[Message] = []
    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(ask(Deadline(cancel_when_cancelled, seconds=0.01), sent))

    assert task.cancelled()
    assert sent == []


def test_an_application_may_serve_in_one_loop_after_another() -> None:
    app = Deadline(hang, seconds=0.01)
    app.app = answer
    asyncio.run(ask(app, []))  # its timer goes down with its loop
    sent: list[Message] = []
    app.app = hang
    asyncio.run(ask(app, sent))

    assert sent[0]["status"] == 504
