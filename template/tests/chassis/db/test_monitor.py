"""What pools tell about themselves."""

from collections.abc import AsyncGenerator

import pytest
from sqlalchemy import text

from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.db.engine import open_database
from app.chassis.db.monitor import PoolMonitor, PoolStatus


class Notes:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.waits: list[float] = []
        self.timeouts = 0

    def acquired(self, seconds: float) -> None:
        self.waits.append(seconds)

    def timed_out(self) -> None:
        self.timeouts += 1


@pytest.fixture
async def fresh(settings: ChassisSettings, tables_made: None) -> AsyncGenerator[Database]:
    """A database that nobody has used yet, with one connection at most for units of work."""
    least = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0.2}
    names = type(settings.database).model_fields.keys() & least.keys()
    small = settings.database.model_copy(update={name: least[name] for name in names})
    async with open_database(small) as database:
        yield database


@pytest.fixture
def writing(fresh: Database) -> PoolMonitor:
    """The monitor of the pool for units of work, which comes first."""
    return fresh.pools[0]


def test_every_pool_has_a_name_of_its_own(fresh: Database) -> None:
    names = [pool.name for pool in fresh.pools]

    assert names
    assert len(set(names)) == len(names)


async def test_a_pool_tells_what_is_lent_and_what_is_open(
    fresh: Database, writing: PoolMonitor
) -> None:
    size, limit = writing.status().size, writing.status().limit
    nothing = PoolStatus(size=size, limit=limit, in_use=0, idle=0, overflow=0, waiting=0)
    assert limit >= size
    assert writing.status() == nothing

    async with fresh.transaction() as session:
        await session.execute(text("SELECT 1"))
        lent = writing.status()
    after = writing.status()

    assert (lent.in_use, lent.idle, lent.overflow) == (1, 0, 1 - size)
    assert (after.in_use, after.idle) == (0, size)


async def test_an_observer_is_told_how_long_somebody_waited(
    fresh: Database, writing: PoolMonitor
) -> None:
    writing.observer = notes = Notes()

    async with fresh.transaction() as session:
        await session.execute(text("SELECT 1"))

    assert len(notes.waits) == 1
    assert notes.waits[0] > 0
    assert notes.timeouts == 0


async def test_an_engine_that_is_disposed_of_keeps_its_observer(
    fresh: Database, writing: PoolMonitor
) -> None:
    writing.observer = notes = Notes()

    await fresh.writer.dispose()
    async with fresh.transaction() as session:
        await session.execute(text("SELECT 1"))

    assert len(notes.waits) == 1
