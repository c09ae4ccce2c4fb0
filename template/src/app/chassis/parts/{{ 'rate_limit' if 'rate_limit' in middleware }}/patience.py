"""A deadline that doesn't blame others for a late event loop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")

_TICKS = 25


async def patiently(work: Coroutine[Any, Any, Result], seconds: float) -> Result:
    """Wait for so many seconds, longer when the loop is late; then cancel and raise `TimeoutError`.

    By the clock an answer could come too late that only waits for its turn in this process. A flood
    would look like an outage of whoever is asked. So the time passes in ticks, and between two of
    them the loop takes what has arrived.
    """
    async with asyncio.timeout(None) as deadline:
        ticks = _Ticks(deadline, seconds / _TICKS)
        try:
            return await work
        finally:
            ticks.stop()


class _Ticks:
    def __init__(self, deadline: asyncio.Timeout, length: float) -> None:
        self._deadline = deadline
        self._length = length
        self._left = _TICKS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(length, self._tick)

    def _tick(self) -> None:
        self._left -= 1
        if self._left:
            self._timer = self._loop.call_later(self._length, self._tick)
        else:
            self._deadline.reschedule(self._loop.time())

    def stop(self) -> None:
        self._timer.cancel()
