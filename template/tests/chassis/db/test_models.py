"""What holds for every table, so that a new one is held to it too."""

from datetime import datetime, timedelta, timezone

from app.chassis.db.database import Database
from app.db.base import Base
from app.db.models.user import User
from app.db.repositories.users import UserRepository

from ...resources.users import store_user, user_body


def test_no_relationship_is_loaded_by_accident() -> None:
    relationships = [r for mapper in Base.registry.mappers for r in mapper.relationships]

    assert relationships
    assert {r.lazy for r in relationships} == {"raise"}


def test_every_constraint_has_a_name() -> None:
    for table in Base.metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints)
        assert all(index.name for index in table.indexes)


async def test_ids_are_in_order_of_creation(database: Database) -> None:
    users = [await store_user(database) for _ in range(20)]

    ids = [user.id for user in users]
    assert ids == sorted(ids)
    assert {user_id.version for user_id in ids} == {7}


async def test_timestamps_are_moments_in_utc(database: Database) -> None:
    noon_in_kabul = datetime(2026, 1, 1, 12, tzinfo=timezone(timedelta(hours=4.5)))
    user = User(**user_body(), created_at=noon_in_kabul)
    async with database.transaction() as session:
        session.add(user)

    users = UserRepository(database.reader)
    entity = await users.get(user.id)
    row = await users.read(user.id)

    assert entity is not None
    assert row is not None
    for created in (entity.created_at, row.created_at):
        assert created == noon_in_kabul
        assert created.utcoffset() == timedelta(0)
