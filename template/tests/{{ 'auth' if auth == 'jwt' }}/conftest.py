"""A service that lets nobody in by itself."""

from collections.abc import Generator
from dataclasses import replace

import httpx2
import pytest

from app.chassis.db.database import Database
from app.chassis.parts.auth.passwords import Passwords

from ..chassis.auth.gate import Gated
from ..chassis.running import Running
from ..resources.accounts import auth_of


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
def hasher(guarded: Running, monkeypatch: pytest.MonkeyPatch) -> Generator[Gated]:
    """The service hashes one password at a time, lets none wait, and ends when the gate opens."""
    hasher = Gated()
    with Passwords(threads=1, waiting=0, hasher=hasher) as passwords:
        monkeypatch.setitem(guarded.state, "auth", replace(auth_of(guarded), passwords=passwords))
        try:
            yield hasher
        finally:
            hasher.gate.set()
