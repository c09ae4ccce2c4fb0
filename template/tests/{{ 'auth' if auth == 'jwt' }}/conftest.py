"""A service that lets nobody in by itself."""

from collections.abc import Generator
from dataclasses import replace

import httpx2
import pytest

from app.chassis.db.database import Database

from ..chassis.auth.gate import Gated
from ..chassis.running import Running
from ..resources.accounts import auth_of
from .hashing import hashing_with


@pytest.fixture
def guarded(closed_service: Running, database: Database) -> Running:
    """Its tables are emptied after the test."""
    return closed_service


@pytest.fixture
def anonymous(guarded: Running) -> httpx2.AsyncClient:
    return guarded.client


@pytest.fixture
def without_grace(guarded: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token works once."""
    auth = auth_of(guarded)
    settings = auth.settings.model_copy(update={"refresh_grace": 0})
    monkeypatch.setitem(guarded.state, "auth", replace(auth, settings=settings))


@pytest.fixture
def hasher(guarded: Running) -> Generator[Gated]:
    with hashing_with(hasher := Gated(), guarded):
        yield hasher
