"""What every repository can do, shown on boxes and items."""

import tracemalloc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidRequestError
from uuid_utils.compat import uuid7

from app.chassis.db.database import Database

from ..things.factory import box_body, store_box
from ..things.repositories import BoxRepository, ItemRepository, LabelTaken
from ..things.tables import Box

MEBIBYTE = 1024 * 1024


@contextmanager
def counted_statements() -> Generator[list[str]]:
    """The SQL that SQLAlchemy runs while the block runs."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_an_entity_can_be_added_found_changed_and_deleted(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        box = await boxes.add(Box(**box_body()))
        other = await boxes.add(Box(**box_body()))

        assert await boxes.get(box.id) is box
        assert await boxes.get_many([other.id, box.id, uuid4()]) == [box, other]
        assert await boxes.list(limit=1, after=box.id) == [other]
        assert await boxes.exists(box.id)
        assert await boxes.count() == 2
        assert (await boxes.update(box, {"note": "New"})).note == "New"
        assert await boxes.delete(box.id)
        assert not await boxes.delete(box.id)
        assert not await boxes.exists(box.id)


async def test_a_row_can_be_added(database: Database) -> None:
    given = box_body()
    async with database.transaction() as session:
        row = await BoxRepository(session).add_row(**given)

    assert {"label": row.label, "note": row.note} == given
    assert row.created_at == row.updated_at
    assert await BoxRepository(database.reader).read(row.id) == row


async def test_a_row_that_violates_a_constraint_is_refused(database: Database) -> None:
    box = await store_box(database)

    with pytest.raises(LabelTaken):
        async with database.transaction() as session:
            await BoxRepository(session).add_row(**box_body(label=box.label))


async def test_rows_and_entities_hold_the_same(database: Database) -> None:
    box = await store_box(database)

    session = database.reader
    row = await BoxRepository(session).read(box.id)
    missing = await BoxRepository(session).read(uuid4())

    assert row is not None
    assert missing is None
    for column in Box.__table__.columns:
        assert getattr(row, column.name) == getattr(box, column.name)


async def test_lists_are_in_order_of_creation(database: Database) -> None:
    """Not in that in which rows were stored, as databases tend to find them."""
    ids = [uuid7() for _ in range(3)]
    async with database.transaction() as session:
        for box_id in reversed(ids):
            await BoxRepository(session).add(Box(id=box_id, **box_body()))

    boxes = BoxRepository(database.reader)
    assert [box.id for box in await boxes.list(limit=9)] == ids
    assert [box.id for box in await boxes.get_many(ids[::-1])] == ids
    assert [row.id for row in await boxes.read_page(limit=9)] == ids


async def test_a_list_with_children_takes_two_statements(database: Database) -> None:
    for _ in range(3):
        await store_box(database, items=2)

    with counted_statements() as statements:
        boxes = await BoxRepository(database.reader).list_with_items(limit=10)

    assert [len(box.items) for box in boxes] == [2, 2, 2]
    assert len(statements) == 2


async def test_what_was_not_loaded_is_not_loaded_by_accident(database: Database) -> None:
    box = await store_box(database, items=1)

    session = database.reader
    found = await BoxRepository(session).get(box.id)
    assert found is not None
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = found.items


async def test_a_violation_among_many_rows_is_an_error_of_the_service(database: Database) -> None:
    box = box_body()

    with pytest.raises(LabelTaken):
        async with database.transaction() as session:
            await BoxRepository(session).add_rows([box, box])


@pytest.mark.thorough
async def test_many_rows_are_inserted_in_chunks_with_flat_memory(database: Database) -> None:
    box = await store_box(database)

    def rows(count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            yield {"box_id": box.id, "text": "x" * 200}

    async def insert(count: int) -> tuple[int, int]:
        """How many statements it took, and the most memory at a time, in bytes."""
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with counted_statements() as statements:
            async with database.transaction() as session:
                assert await ItemRepository(session).add_rows(rows(count)) == count
        inserts = [statement for statement in statements if statement.startswith("INSERT")]
        return len(inserts), tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        await insert(1_000)
        few, peak_of_few = await insert(2_000)
        many, peak_of_many = await insert(25_000)
    finally:
        tracemalloc.stop()

    assert (few, many) == (2, 25)
    assert peak_of_many < peak_of_few + MEBIBYTE
