"""Watches pools and the event loop while the service runs."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

from ...config import ChassisSettings
from ...db.monitor import PoolMonitor
from ...resources import Resources
from . import processes
from .instruments import instruments

INTERVAL = 1.0
"""Seconds between two looks at the pools."""


class PoolNotes:
    """Notes what callers of a pool go through."""

    def __init__(self, pool: str) -> None:
        self._wait = instruments().pool_wait.labels(pool)
        self._timeouts = instruments().pool_timeouts.labels(pool)

    def acquired(self, seconds: float) -> None:
        self._wait.observe(seconds)

    def timed_out(self) -> None:
        self._timeouts.inc()


class Sampler:
    """Looks at pools again and again: the worker that answers a scrape sees its own, and of the
    others what they noted."""

    def __init__(self, pools: Sequence[PoolMonitor]) -> None:
        self._pools = pools
        self._loop = asyncio.get_running_loop()
        self._look()

    def _look(self) -> None:
        for pool in self._pools:
            instruments().note(pool)
        self._timer = self._loop.call_later(INTERVAL, self._look)

    def stop(self) -> None:
        self._timer.cancel()
        processes.leave()


@asynccontextmanager
async def opened(resources: Resources[ChassisSettings]) -> AsyncGenerator[None]:
    """While it is open, pools and the loop are measured."""
    for pool in resources.database.pools:
        pool.observer = PoolNotes(pool.name)
    resources.loop_lag.observer = instruments().loop_lag.observe
    sampler = Sampler(resources.database.pools)
    try:
        yield
    finally:
        sampler.stop()
