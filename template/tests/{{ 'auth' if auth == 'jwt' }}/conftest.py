"""A service that lets nobody in by itself."""

from collections.abc import Generator

import httpx2
import pytest

from app.chassis.db.database import Database

from ..chassis.auth.gate import Gated
from ..chassis.running import Running
from ..resources.accounts import change_auth
from .hashing import hashing_with


@pytest.fixture
def guarded(
    closed_service: Running, database: Database, monkeypatch: pytest.MonkeyPatch
) -> Running:
    """People may register, whatever you make the default. Its tables are emptied after the test."""
    change_auth(closed_service, monkeypatch, registration="open")
    return closed_service


@pytest.fixture
def anonymous(guarded: Running) -> httpx2.AsyncClient:
    return guarded.client


@pytest.fixture
def without_grace(guarded: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refresh token works once."""
    change_auth(guarded, monkeypatch, refresh_grace=0)


@pytest.fixture
def hasher(guarded: Running) -> Generator[Gated]:
    with hashing_with(hasher := Gated(), guarded):
        yield hasher
