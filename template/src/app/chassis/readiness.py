"""Whether the process can serve requests: one answer for all who ask at the same time, and for a
moment after."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import copy_context

from .draining import Draining
from .errors import NotReady, ServiceError

FRESH = 0.5
"""Seconds for which an answer is good: no orchestrator asks as often, and strangers who do cost the
database two connections a second."""

Failure = ServiceError | TimeoutError


class Readiness:
    """The question is a task of its own: who hangs up, or is too late, takes the answer from nobody
    else. There is one at a time, so that probes never hold more than one connection. Giving that up
    may take the driver seconds, for which nobody waits."""

    def __init__(
        self,
        ping: Callable[[], Awaitable[None]],
        draining: Draining,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ping = ping
        self._draining = draining
        self._timeout = timeout
        self._clock = clock
        self._context = copy_context()
        self._asking: asyncio.Task[Failure | None] | None = None
        self._deadline = self._fresh_until = 0.0

    async def check(self) -> None:
        """Raises `NotReady` while the database doesn't answer in time, or has not been migrated,
        and from SIGTERM on, whatever was answered before."""
        self._refuse_while_draining()
        asking = self._current()
        if not asking.done():
            await asyncio.wait([asking], timeout=self._deadline - self._clock())
        self._refuse_while_draining()
        failure = asking.result() if asking.done() else TimeoutError()
        if isinstance(failure, NotReady):
            raise NotReady(failure.explanation) from failure
        if failure:
            raise NotReady("The database does not answer.") from failure

    def _refuse_while_draining(self) -> None:
        if self._draining.begun:
            raise NotReady("The service is draining: it stops soon.")

    def _current(self) -> asyncio.Task[Failure | None]:
        asking, now = self._asking, self._clock()
        if asking is None or (asking.done() and now >= self._fresh_until):
            self._deadline = now + self._timeout
            # In a group, a failure would end the service.
            create_task = asyncio.create_task  # noqa: TID251
            asking = self._asking = create_task(self._ask(), context=self._context)
        return asking

    async def _ask(self) -> Failure | None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._ping()
        except (ServiceError, TimeoutError) as failure:
            return failure
        else:
            return None
        finally:
            self._fresh_until = self._clock() + FRESH

    async def close(self) -> None:
        """Ends when the last question has ended."""
        if self._asking:
            self._asking.cancel()
            await asyncio.wait([self._asking])


@asynccontextmanager
async def answering_together(
    ping: Callable[[], Awaitable[None]], draining: Draining, seconds: float
) -> AsyncGenerator[Readiness]:
    """An answer takes `seconds` at most. Whatever is still asked when the block ends is given up
    before it has ended."""
    readiness = Readiness(ping, draining, seconds)
    try:
        yield readiness
    finally:
        await readiness.close()
