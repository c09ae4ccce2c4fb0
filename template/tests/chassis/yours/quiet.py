"""Keeps what requests log from what a failing test prints, but for those that failed."""

import logging
from collections.abc import Generator
from contextlib import contextmanager

from app.chassis.logs import ConsoleFormatter

from .. import witness


class _Notes(logging.Handler):
    def __init__(self, lines: list[str]) -> None:
        super().__init__()
        self.setFormatter(ConsoleFormatter())
        self._lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        self._lines.append(self.format(record))


@contextmanager
def noted() -> Generator[list[str]]:
    """What is logged in the block goes nowhere but into this list; the witness reads it, too."""
    root, lines = logging.getLogger(), list[str]()
    before = root.handlers
    root.handlers = [*filter(witness.is_reader, before), _Notes(lines)]
    try:
        yield lines
    finally:
        root.handlers = before
