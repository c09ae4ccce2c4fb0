"""These tests are about your application again."""

from collections.abc import AsyncGenerator, Mapping
from typing import Any

import httpx2
import pytest
from sqlalchemy import MetaData

from app.chassis.db.database import Database
from app.config import Settings
from app.db.models import Base

from ...letting_in import sign_in_admin
from ..running import Running
from .leaving import visiting
from .operations import Operation, Send


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


@pytest.fixture
async def send(visitor: httpx2.AsyncClient, database: Database, settings: Settings) -> Send:
    """As an admin who is signed in, so that it gets past the door."""
    headers = await sign_in_admin(database, settings)

    async def send(operation: Operation, request: Mapping[str, Any]) -> httpx2.Response:
        given = {**request, "headers": headers | request["headers"]}
        return await visitor.request(operation.method, **given)

    return send
