"""The service beside a replica that lags for ever: a database that stays empty."""

from collections.abc import AsyncGenerator, Generator

import pytest
from pydantic import PostgresDsn

from app.chassis.db.database import Database
from app.chassis.db.engine import open_database
from app.config import Settings
from app.db.models import Base
from app.main import create_app

from ...chassis.database import another_database
from ...chassis.running import Running, running


@pytest.fixture
def empty(settings: Settings) -> Generator[PostgresDsn]:
    with another_database(settings.database) as other:
        yield other.url


@pytest.fixture
async def lagging(
    settings: Settings, database: Database, empty: PostgresDsn
) -> AsyncGenerator[Running]:
    group = settings.database.model_copy(update={"replica_url": empty})
    async with open_database(group.replica()) as replica, replica.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    auth = settings.auth.model_copy(update={"registration": "open"})
    changed = settings.model_copy(update={"database": group, "auth": auth})
    async with running(create_app(changed)) as service:
        service.app.dependency_overrides.clear()
        yield service
