"""What becomes of a row that several change at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from uuid import UUID

import httpx2
import pytest
from sqlalchemy import text

from app.chassis.db.database import Database
from app.chassis.db.session import Session
from app.chassis.errors import Conflict, NotFound

from ..things.factory import URL, store_box
from ..things.repositories import BoxRepository
from ..things.tables import Box, Seal

MANY = 6


async def note_of(database: Database, box_id: UUID) -> str:
    box = await BoxRepository(database.primary_reader).read(box_id)
    assert box is not None
    note: str = box.note
    return note


async def change_note(
    database: Database, box_id: UUID, changed: Callable[[str], str | None]
) -> None:
    """Decides by what the note is; None leaves it."""
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        box = await boxes.get_to_change(box_id)
        assert box is not None
        if (note := changed(box.note)) is not None:
            await boxes.update(box, {"note": note})


async def at_once(*works: Coroutine[Any, Any, Any]) -> list[Any]:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
    return [task.result() for task in tasks]


async def test_of_many_changes_at_once_none_is_lost(database: Database) -> None:
    box = await store_box(database)

    await at_once(*(change_note(database, box.id, lambda note: f"{note}!") for _ in range(MANY)))

    assert await note_of(database, box.id) == box.note + "!" * MANY


async def test_a_rule_holds_when_what_it_is_about_changes_meanwhile(database: Database) -> None:
    """What is closed is changed no more: whether it was is seen by each after the other."""

    def change(note: str) -> str | None:
        return None if note == "closed" else "changed"

    for _ in range(MANY):
        box = await store_box(database)
        await at_once(
            change_note(database, box.id, lambda _: "closed"),
            change_note(database, box.id, change),
        )

        assert await note_of(database, box.id) == "closed"


async def test_what_is_read_to_change_is_as_it_is_now(database: Database) -> None:
    """Also where this unit of work knew it before."""
    box = await store_box(database)

    async with database.transaction() as session:
        boxes = BoxRepository(session)
        known = await boxes.get(box.id)
        await session.execute(text("UPDATE boxes SET note = 'new'"))
        found = await boxes.get_to_change(box.id)

        assert found is known
        assert found is not None
        assert found.note == "new"


async def test_who_only_reads_can_not_get_what_it_would_change(database: Database) -> None:
    with pytest.raises(RuntimeError, match="only reads"):
        await BoxRepository(database.reader).get_to_change(UUID(int=1))


async def updated(session: Session, box: Box) -> None:
    await BoxRepository(session).update(box, {"note": "new"})


async def flushed(session: Session, box: Box) -> None:
    box.note = "new"
    await session.flush()


async def committed(_: Session, box: Box) -> None:
    box.note = "new"  # the commit writes it


async def refreshed(session: Session, box: Box) -> None:
    await session.refresh(box)


@pytest.mark.parametrize("use", [updated, flushed, committed, refreshed])
async def test_what_was_deleted_meanwhile_is_not_found(
    database: Database, use: Callable[[Session, Box], Awaitable[None]]
) -> None:
    box = await store_box(database)

    with pytest.raises(NotFound):
        async with database.transaction() as session:
            found = await BoxRepository(session).get(box.id)
            assert found is not None
            # Behind the back of the session, as another unit of work does.
            await session.execute(text("DELETE FROM boxes"))
            await use(session, found)


async def test_of_a_change_and_a_removal_at_once_each_is_answered(
    client: httpx2.AsyncClient, database: Database
) -> None:
    for _ in range(MANY):
        url = f"{URL}/{(await store_box(database)).id}"
        change, removal = await at_once(client.patch(url, json={"note": "new"}), client.delete(url))

        assert removal.status_code == 204
        assert change.status_code in {200, 404}


async def test_what_others_refer_to_is_not_deleted(database: Database) -> None:
    box = await store_box(database)
    async with database.transaction() as session:
        session.add(Seal(box_id=box.id))

    with pytest.raises(Conflict):
        async with database.transaction() as session:
            await BoxRepository(session).delete(box.id)

    assert await note_of(database, box.id)


async def test_a_removal_that_may_be_refused_says_so(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()

    assert "409" in document["paths"][URL + "/{box_id}"]["delete"]["responses"]
