"""How many calls there are at once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from time import perf_counter

from .errors import UpstreamBusy


class Observer:
    """Who is told; this one tells nobody."""

    def waiting(self, change: int) -> None:
        """So many more wait for a place."""

    def busy(self, change: int) -> None:
        """So many more have one."""

    def waited(self, seconds: float) -> None:
        """A place was got after this long."""

    def repeated(self, host: str) -> None:
        """A call is made once more."""

    def ended(self, host: str, outcome: str, seconds: float) -> None:
        """A call is over: with a status such as `200`, or with what failed."""


class Crowd:
    """All who want something of one address."""

    def __init__(self, most: int) -> None:
        self.free = asyncio.Semaphore(most)
        self.size = 0


class Places:
    """Made once for all calls of a process. Who waits for a crowded address takes no place from
    those who call others."""

    def __init__(self, most: int, most_per_host: int) -> None:
        self.observer = Observer()
        self.busy = 0
        self._free = asyncio.Semaphore(most)
        self._most_per_host = most_per_host
        self._crowds: dict[str, Crowd] = {}

    @asynccontextmanager
    async def taken(self, address: str, patience: float) -> AsyncGenerator[None]:
        """Raises `UpstreamBusy` when none gets free within so many seconds."""
        async with self._crowded(address) as crowd:
            await self._take(crowd, patience)
            self.busy += 1
            self.observer.busy(1)
            try:
                yield
            finally:
                self.observer.busy(-1)
                self.busy -= 1
                self._free.release()
                crowd.free.release()

    @asynccontextmanager
    async def _crowded(self, address: str) -> AsyncGenerator[Crowd]:
        crowd = self._crowds.get(address)
        if crowd is None:
            crowd = self._crowds[address] = Crowd(self._most_per_host)
        crowd.size += 1
        try:
            yield crowd
        finally:
            crowd.size -= 1
            if not crowd.size:  # users may name any number of addresses
                del self._crowds[address]

    async def _take(self, crowd: Crowd, patience: float) -> None:
        begin = perf_counter()
        self.observer.waiting(1)
        try:
            async with asyncio.timeout(patience):
                await _take_both(crowd.free, self._free)
        except TimeoutError:
            raise UpstreamBusy from None
        finally:
            self.observer.waiting(-1)
        self.observer.waited(perf_counter() - begin)


async def _take_both(first: asyncio.Semaphore, second: asyncio.Semaphore) -> None:
    await first.acquire()
    try:
        await second.acquire()
    except BaseException:
        first.release()
        raise
