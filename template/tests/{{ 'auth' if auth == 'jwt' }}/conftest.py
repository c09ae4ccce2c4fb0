"""A service that lets nobody in by itself."""

import httpx2
import pytest

from app.chassis.db.database import Database

from ..chassis.running import Running


@pytest.fixture
def guarded(closed_service: Running, database: Database) -> Running:
    """Its tables are emptied after the test."""
    return closed_service


@pytest.fixture
def anonymous(guarded: Running) -> httpx2.AsyncClient:
    return guarded.client
