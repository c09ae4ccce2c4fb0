"""What the tests of the chassis talk to: not your application but one of their own, in the same
database."""

import asyncio
from collections.abc import AsyncGenerator, Generator

import pytest
from sqlalchemy import MetaData

from app.chassis.config import ChassisSettings

from .database import another_database
from .running import Running, running
from .things.application import create_app
from .things.tables import Base, drop_tables, make_tables


@pytest.fixture(scope="session")
def tables() -> MetaData:
    return Base.metadata


@pytest.fixture(scope="session")
def tables_made(settings: ChassisSettings) -> Generator[None]:
    asyncio.run(make_tables(settings.database))
    yield
    asyncio.run(drop_tables(settings.database))


@pytest.fixture(scope="session")
async def service(settings: ChassisSettings, tables_made: None) -> AsyncGenerator[Running]:
    async with running(create_app(settings)) as service:
        yield service


@pytest.fixture
def own(settings: ChassisSettings) -> Generator[ChassisSettings]:
    """Settings with a database that nobody else has open, and that is new."""
    with another_database(settings.database) as database:
        asyncio.run(make_tables(database))
        yield settings.model_copy(update={"database": database})
