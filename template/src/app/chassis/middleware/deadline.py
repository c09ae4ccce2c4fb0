"""Ends requests that take too long: nobody waits for their answer any more, yet they hold what
others need."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

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

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = False

        async def send_in_time(message: Message) -> None:
            nonlocal begun
            if not begun:
                begun = True
                if not timer.expired():
                    timer.reschedule(None)
            await send(message)

        try:
            async with asyncio.timeout(self._seconds) as timer:
                await self.app(scope, receive, send_in_time)
        except TimeoutError:
            # One of the application's own is no deadline, and two answers are none.
            if begun or not timer.expired():
                raise
            response = await on_service_error(Request(scope), DeadlineExceeded())
            await response(scope, receive, send)


def build(settings: ChassisSettings) -> Middleware:
    return Middleware(Deadline, seconds=settings.http.deadline)
