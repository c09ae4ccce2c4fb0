"""Ids and timestamps, which every table has."""

from datetime import datetime, timedelta, timezone

from app.chassis.db.database import Database

from ..things.factory import box_body, store_box
from ..things.repositories import BoxRepository
from ..things.tables import Box


async def test_ids_are_in_order_of_creation(database: Database) -> None:
    boxes = [await store_box(database) for _ in range(20)]

    ids = [box.id for box in boxes]
    assert ids == sorted(ids)
    assert {user_id.version for user_id in ids} == {7}


async def test_timestamps_are_moments_in_utc(database: Database) -> None:
    noon_in_kabul = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=4.5)))
    box = Box(**box_body(), created_at=noon_in_kabul)
    async with database.transaction() as session:
        session.add(box)

    boxes = BoxRepository(database.reader)
    entity = await boxes.get(box.id)
    row = await boxes.read(box.id)

    assert entity is not None
    assert row is not None
    for created in (entity.created_at, row.created_at):
        assert created == noon_in_kabul
        assert created.utcoffset() == timedelta(0)
