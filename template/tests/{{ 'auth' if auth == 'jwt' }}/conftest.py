"""A service that lets nobody in by itself."""

from collections.abc import AsyncGenerator

import httpx2
import pytest

from app.config import Settings
from app.db.database import Database
from app.main import create_app

from ..running import Running, running


@pytest.fixture(scope="session")
async def guarded_service(settings: Settings, migrated: None) -> AsyncGenerator[Running]:
    async with running(create_app(settings)) as service:
        service.app.dependency_overrides.clear()
        yield service


@pytest.fixture
def guarded(guarded_service: Running, database: Database) -> Running:
    """Its tables are emptied after the test."""
    return guarded_service


@pytest.fixture
def anonymous(guarded: Running) -> httpx2.AsyncClient:
    return guarded.client
