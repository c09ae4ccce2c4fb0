"""Measures how late the event loop is, and warns when something blocked it."""

import asyncio
import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager

logger = logging.getLogger(__name__)

INTERVAL = 0.05
"""Seconds between two measurements."""


class LoopLag:
    """How late the loop came to the last measurement and, at worst, to any, in seconds."""

    observer: Callable[[float], object] | None = None
    """Is told of each measurement."""

    def __init__(self, warn_above: float) -> None:
        """In seconds."""
        self.last = 0.0
        self.worst = 0.0
        self._warn_above = warn_above
        self._loop = asyncio.get_running_loop()

    @contextmanager
    def watched(self) -> Generator[None]:
        """Measure while the block runs: from when the process serves, for what it imports and opens
        before is in nobody's way."""
        self._timer = self._schedule()
        try:
            yield
        finally:
            self._timer.cancel()

    def _schedule(self) -> asyncio.TimerHandle:
        self._due = self._loop.time() + INTERVAL
        return self._loop.call_at(self._due, self._measure)

    def _measure(self) -> None:
        self.last = self._loop.time() - self._due
        self.worst = max(self.worst, self.last)
        if self.observer is not None:
            self.observer(self.last)
        if self.last > self._warn_above:
            logger.warning(
                "The event loop was blocked: move blocking work to asyncio.to_thread",
                extra={"blocked_ms": round(self.last * 1000)},
            )
        self._timer = self._schedule()
