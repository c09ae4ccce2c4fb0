"""The last line of defence: every failure that no handler answered leaves as a problem."""

import logging
from http import HTTPStatus

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import ChassisSettings
from ..http.problems import problem

logger = logging.getLogger(__name__)


class Problems:
    """Answers unhandled exceptions, and gives the plain-text refusals of library middleware their
    form.

    An exception must not reach the server: it would close the client's connection after the answer,
    and reset the next request on it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(scope, receive, send)
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            logger.exception("Unhandled error", extra={"answered": answer.started})
            if not answer.started:
                await problem(HTTPStatus.INTERNAL_SERVER_ERROR)(scope, receive, send)


class _Answer:
    """Passes an answer on, or a problem in place of a plain-text error."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.started = False
        self._replaced = False
        self._scope = scope
        self._receive = receive
        self._send = send

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = True
            if message["status"] >= HTTPStatus.BAD_REQUEST and _is_plain_text(message):
                self._replaced = True
                await problem(message["status"])(self._scope, self._receive, self._send)
        if not self._replaced:
            await self._send(message)


def _is_plain_text(start: Message) -> bool:
    return any(k == b"content-type" and v.startswith(b"text/plain") for k, v in start["headers"])


def build(_: ChassisSettings) -> Middleware:
    return Middleware(Problems)
