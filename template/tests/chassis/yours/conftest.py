"""These tests are about your application again."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
from sqlalchemy import MetaData

from app.db.models import Base

from ..running import Running
from .leaving import visiting


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
