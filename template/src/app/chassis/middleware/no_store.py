"""Keeps answers that are meant for one client out of caches."""

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..config import ChassisSettings

_HEADER = (b"cache-control", b"no-store")
_READING = ("GET", "HEAD")


class NoStore:
    """Answers to requests with credentials say `no-store` (RFC 9111, section 5.2.2.5), and so do
    those to requests that do more than read: they may hold tokens. Unless the route says itself how
    they may be cached."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start" and _may_be_stored(message):
                message["headers"] = [*message["headers"], _HEADER]
            await send(message)

        is_personal = scope["type"] == "http" and (
            scope["method"] not in _READING or _has_credentials(scope)
        )
        await self.app(scope, receive, send_with_header if is_personal else send)


def _has_credentials(scope: Scope) -> bool:
    for name, _ in scope["headers"]:  # noqa: SIM110  # `any` would cost a call for each
        if name == b"authorization":
            return True
    return False


def _may_be_stored(start: Message) -> bool:
    return all(name != b"cache-control" for name, _ in start["headers"])


def build(_: ChassisSettings) -> Middleware:
    return Middleware(NoStore)
