"""Types of columns, which hold the same on every database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select, text

from app.chassis.db.database import Database

from ..things.repositories import ParcelRepository
from ..things.tables import Kind, Parcel

VALUES = {
    "kind": Kind.BY_AIR,
    "weight": 2**31 - 1,
    "price": Decimal("1234567890.12"),
    "sent_on": date(2026, 1, 31),
    "arrives_at": datetime(2026, 1, 31, 12, 30, tzinfo=UTC),
    "takes": timedelta(days=9_999, seconds=1.5),
    "labels": {"fragile": True, "notes": ["this side up", None, 1.5]},
}


async def test_rows_and_entities_have_what_was_stored(database: Database) -> None:
    async with database.transaction() as session:
        row = await ParcelRepository(session).add_row(**VALUES)
    async with database.transaction() as session:
        entity = await ParcelRepository(session).get(row.id)

    read = await ParcelRepository(database.reader).read(row.id)
    for name, value in VALUES.items():
        assert getattr(row, name) == getattr(entity, name) == getattr(read, name) == value
    assert str(getattr(read, "price")) == "1234567890.12"  # noqa: B009 # rows have no types


async def test_members_are_stored_by_value(database: Database) -> None:
    """The names in code may change."""
    async with database.transaction() as session:
        await ParcelRepository(session).add_row(**VALUES)
        stored = await session.scalar(select(text("kind")).select_from(Parcel.__table__))

    assert stored == "by air"


async def test_what_is_missing_is_null(database: Database) -> None:
    async with database.transaction() as session:
        row = await ParcelRepository(session).add_row(**VALUES | {"labels": None, "takes": None})
        nulls = select(text("id")).select_from(Parcel.__table__).where(text("labels IS NULL"))

        assert len((await session.execute(nulls)).all()) == 1
        assert (row.labels, row.takes) == (None, None)
