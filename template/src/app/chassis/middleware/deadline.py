"""Ends requests that take too long: nobody waits for their answer any more, yet they hold what
others need."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Self, cast

from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import ChassisSettings
from ..errors import DeadlineExceeded
from ..http.problems import on_service_error

REFUSALS: Mapping[int, Mapping[str, Any]] = {HTTPStatus.GATEWAY_TIMEOUT: {}}


class Deadline:
    """Cancels a request whose answer has not begun in time, and answers when its clean-up is done.

    Reading the body counts, so that a slow one ends too. What comes after the answer has begun does
    not: streams may last, and work after the answer may take its time.
    """

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self.app = app
        self._seconds = seconds
        self._clock: _Clock | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_in_time(message: Message) -> None:
            nonlocal begun
            if not begun:
                begun = True
                time.stop()
            await send(message)

        try:
            with _Time(self._clock_here()) as time:
                await self.app(scope, receive, send_in_time)
        except TimeoutError:
            # One of the application's own is no deadline, and two answers are none.
            if begun or not time.is_up:
                raise
            response = await on_service_error(Request(scope), DeadlineExceeded())
            await response(scope, receive, send)

    def _clock_here(self) -> "_Clock":
        """One application may serve in several loops, as tests do."""
        loop = asyncio.get_running_loop()
        if self._clock is None or self._clock.loop is not loop:
            self._clock = _Clock(loop, self._seconds)
        return self._clock


class _Time:
    """What `asyncio.timeout` does, by a timer that all requests share."""

    __slots__ = ("_cancelled_before", "_clock", "_task", "ends", "is_up")
    ends: float

    def __init__(self, clock: "_Clock") -> None:
        self.is_up = False
        self._clock = clock
        self._task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._cancelled_before = self._task.cancelling()

    def __enter__(self) -> Self:
        self._clock.watch(self)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        self.stop()
        # Whom others cancelled as well stays cancelled.
        only_here = self.is_up and self._task.uncancel() <= self._cancelled_before
        if only_here and isinstance(error, asyncio.CancelledError):
            raise TimeoutError from error

    def stop(self) -> None:
        self._clock.forget(self)

    def run_out(self) -> None:
        self.is_up = True
        self._task.cancel()


class _Clock:
    """Rings for the oldest request: all have the same time, so that it is the next one. Its timer
    is left alone when a request ends, which nearly all do long before."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        self.loop = loop
        self._seconds = seconds
        self._watched: dict[_Time, None] = {}
        self._is_set = False

    def watch(self, time: _Time) -> None:
        time.ends = self.loop.time() + self._seconds
        self._watched[time] = None
        if not self._is_set:
            self._set(time)

    def forget(self, time: _Time) -> None:
        self._watched.pop(time, None)

    def _set(self, time: _Time) -> None:
        self._is_set = True
        self.loop.call_at(time.ends, self._ring)

    def _ring(self) -> None:
        self._is_set = False
        now = self.loop.time()
        while oldest := next(iter(self._watched), None):
            if oldest.ends > now:
                self._set(oldest)
                return
            del self._watched[oldest]
            oldest.run_out()


def build(settings: ChassisSettings) -> Middleware:
    return Middleware(Deadline, seconds=settings.http.deadline)
