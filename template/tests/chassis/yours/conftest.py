"""These tests are about your application again."""

import asyncio
from collections.abc import AsyncGenerator

import httpx2
import pytest
from sqlalchemy import MetaData

from app.chassis.db.database import Database
from app.config import Settings
from app.db.models import Base

from ...letting_in import sign_in_admin
from ..fixtures import emptied_afterwards
from ..running import Running
from .leaving import visiting
from .operations import Send, sending


@pytest.fixture(scope="session")
def tables() -> MetaData:
    return Base.metadata


@pytest.fixture(scope="session")
def service(your_service: Running) -> Running:
    return your_service


@pytest.fixture(scope="session")
async def visitor(closed_service: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """It is let in by headers only, and leaves when a stream begins."""
    async with visiting(closed_service) as client:
        yield client


@pytest.fixture(scope="module")
async def headers(
    closed_service: Running, visitor: httpx2.AsyncClient, settings: Settings, tables: MetaData
) -> AsyncGenerator[dict[str, str]]:
    """What each request that Schemathesis makes carries to get past the door."""
    from .judging import in_process  # takes a second to import

    in_process.client = visitor
    # The application's own; it stands still while tests that aren't async run.
    in_process.loop = asyncio.get_running_loop()
    async with emptied_afterwards(closed_service.database, tables) as database:
        yield await sign_in_admin(database, settings)


@pytest.fixture
async def of_admin(database: Database, settings: Settings) -> dict[str, str]:
    """Headers of one who is signed in."""
    return await sign_in_admin(database, settings)


@pytest.fixture
def send(visitor: httpx2.AsyncClient, of_admin: dict[str, str]) -> Send:
    """As an admin, so that it gets past the door."""
    return sending(visitor, of_admin)
