"""The two ways of plain rows: straight on the driver, and through SQLAlchemy."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.chassis.db.plain import Plain


@contextmanager
def straight() -> Generator[list[str]]:
    """The statements that run on the driver while the block runs."""
    ran: list[str] = []
    arguments = Plain.arguments

    def note(plain: Plain, parameters: Mapping[str, Any]) -> list[Any]:
        ran.append(plain.sql)
        return arguments(plain, parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Plain, "arguments", note)
        yield ran


@contextmanager
def through_sqlalchemy() -> Generator[list[str]]:
    """Somebody watches, so all statements of the block run through SQLAlchemy: these."""
    ran: list[str] = []

    def note(*arguments: Any) -> None:
        ran.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield ran
    finally:
        event.remove(Engine, "before_cursor_execute", note)
