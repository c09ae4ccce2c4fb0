"""Units of work: all or nothing, and the client learns which."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

import httpx2
import pytest
from sqlalchemy import Select, bindparam, insert, select, text
from sqlalchemy.exc import InvalidRequestError

from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.db.session import ReadSession, Session
from app.chassis.http.deps import SessionDep

from ..running import Running, running
from ..things.application import create_app
from ..things.factory import URL, box_body, make_box, store_box
from ..things.repositories import BoxRepository
from ..things.tables import Box


def timestamps(box: Box) -> tuple[datetime, datetime]:
    return box.created_at, box.updated_at


async def count_boxes(database: Database) -> int:
    return await BoxRepository(database.reader).count()


@pytest.fixture
async def orphans(settings: ChassisSettings, tables_made: None) -> AsyncGenerator[Running]:
    """A service with a constraint that speaks up at commit only, and a route that violates it."""
    app = create_app(settings)

    @app.post("/orphans", status_code=201)
    async def make_orphan(session: SessionDep) -> dict[str, str]:
        await session.execute(text("INSERT INTO orphans VALUES (1, 2)"))
        return {"made": "an orphan"}

    async with running(app) as service:
        async with service.database.transaction() as session:
            await session.execute(
                text(
                    "CREATE TABLE orphans (id INTEGER PRIMARY KEY, parent INTEGER"
                    " REFERENCES orphans (id) DEFERRABLE INITIALLY DEFERRED)"
                )
            )
        yield service
        async with service.database.transaction() as session:
            await session.execute(text("DROP TABLE orphans"))


async def test_a_commit_that_fails_is_never_answered_with_success(orphans: Running) -> None:
    response = await orphans.client.post("/orphans")

    assert response.status_code == 409
    async with orphans.database.reader.entities() as session:
        assert await session.scalar(text("SELECT count(*) FROM orphans")) == 0


async def test_the_commit_comes_before_the_answer(
    client: httpx2.AsyncClient, database: Database
) -> None:
    response = await client.post("/api/v1/boxes", json=box_body())

    assert response.status_code == 201
    assert await count_boxes(database) == 1


async def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await BoxRepository(session).add(Box(**box_body()))
            raise ZeroDivisionError

    assert await count_boxes(database) == 0


async def test_a_cancelled_unit_of_work_is_rolled_back(database: Database) -> None:
    added = asyncio.Event()

    async def work() -> None:
        async with database.transaction() as session:
            await BoxRepository(session).add(Box(**box_body()))
            added.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work())
        await added.wait()
        task.cancel()

    assert task.cancelled()
    assert await count_boxes(database) == 0
    await store_box(database)
    assert await count_boxes(database) == 1, "what was cancelled holds neither connection nor lock"


async def test_a_cancelled_request_is_rolled_back(
    settings: ChassisSettings, tables_made: None
) -> None:
    app = create_app(settings)
    added = asyncio.Event()

    @app.post("/slow")
    async def add_and_wait(session: SessionDep) -> None:
        await BoxRepository(session).add(Box(**box_body()))
        added.set()
        await asyncio.Event().wait()

    async with running(app) as service:
        async with asyncio.TaskGroup() as tasks:
            request = tasks.create_task(service.client.post("/slow"))
            await added.wait()
            request.cancel()

        assert request.cancelled()
        assert await count_boxes(service.database) == 0
        box = await make_box(service.client)  # the connection is back, and no lock is left
        await service.client.delete(f"{URL}/{box['id']}")


async def test_a_read_session_refuses_to_write(database: Database) -> None:
    with pytest.raises(RuntimeError, match="only reads"):
        await BoxRepository(database.reader).add_row(**box_body())
    with pytest.raises(RuntimeError, match="only reads"):
        await database.reader.rows(insert(Box).values(**box_body()).returning(Box.id))
    async with database.reader.entities() as session:
        with pytest.raises(RuntimeError, match="only reads"):
            await session.execute(insert(Box).values(**box_body()))
        session.add(Box(**box_body()))
        with pytest.raises(RuntimeError, match="only reads"):
            await session.flush()

    assert await count_boxes(database) == 0


@pytest.mark.parametrize("statement", [select(Box.id), select(Box)])
async def test_a_closed_session_stays_closed(
    database: Database, statement: Select[*tuple[Any, ...]]
) -> None:
    async with database.transaction() as session:
        pass

    with pytest.raises(InvalidRequestError):
        await session.execute(statement)
    with pytest.raises(InvalidRequestError):
        await session.rows(statement)


async def test_rows_and_entities_share_a_unit_of_work(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        row = await boxes.add_row(**box_body())
        entity = await boxes.get(row.id)
        assert entity is not None
        await boxes.update(entity, {"note": "New"})
        assert (await boxes.read(row.id)) == (row.id, row.label, "New", *timestamps(entity))

    stored = await BoxRepository(database.reader).read(row.id)
    assert stored is not None
    assert stored.note == "New"


@pytest.mark.parametrize("first", ["row", "entity"])
async def test_rows_and_entities_are_rolled_back_together(database: Database, first: str) -> None:
    async def write(session: Session) -> None:
        boxes = BoxRepository(session)
        if first == "row":
            await boxes.add_row(**box_body())
        await boxes.add(Box(**box_body()))
        await boxes.add_row(**box_body())
        assert await boxes.count() >= 2
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await write(session)

    assert await count_boxes(database) == 0


async def test_what_was_taken_back_on_the_way_is_not_stored(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        kept = await boxes.add_row(**box_body())
        await session.commit()
        await boxes.add_row(**box_body())
        await session.rollback()

    assert await count_boxes(database) == 1
    assert await BoxRepository(database.reader).read(kept.id)


async def test_a_savepoint_takes_back_rows_and_entities(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        await boxes.add_row(**box_body())
        async with session.begin_nested() as savepoint:
            await boxes.add_row(**box_body())
            await boxes.add(Box(**box_body()))
            await savepoint.rollback()

    assert await count_boxes(database) == 1


async def test_entities_that_nobody_flushed_are_committed(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Box(**box_body()))

    assert await count_boxes(database) == 1


async def test_nothing_is_written_before_it_is_flushed(database: Database) -> None:
    """A question is no moment for a constraint to speak up."""
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        session.add(Box(**box_body()))
        asked = [await boxes.count()]
        await session.flush()
        asked.append(await boxes.count())

    assert asked == [0, 1]


async def test_rows_of_entities_hold_entities(database: Database) -> None:
    box = await store_box(database)
    statement = select(Box).where(Box.id == bindparam("id"))

    async with database.transaction() as session:
        ((written,),) = await session.rows(statement, id=box.id)
        assert isinstance(written, Box)
    ((read,),) = await database.reader.rows(statement, id=box.id)
    assert isinstance(read, Box)


async def test_concurrent_reads_have_connections_of_their_own(database: Database) -> None:
    in_use: set[int] = set()

    async def read(session: ReadSession) -> None:
        async with session.entities() as entities:
            raw = await (await entities.connection()).get_raw_connection()
            connection = id(raw.driver_connection)
            assert connection not in in_use
            in_use.add(connection)
            await asyncio.sleep(0.05)
            in_use.remove(connection)

    await database.concurrently(read, read, read)


async def test_a_failing_read_cancels_the_others(database: Database) -> None:
    cancelled = asyncio.Event()

    async def wait(_: ReadSession) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def fail(_: ReadSession) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.RaisesGroup(ZeroDivisionError):
        await database.concurrently(wait, fail)
    assert cancelled.is_set()
