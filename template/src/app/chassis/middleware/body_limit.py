"""Refuses bodies that are larger than the service wants to read."""

from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import Receive, Scope, Send

from ..config import ChassisSettings


class BodyLimit(RequestBodyLimitMiddleware):
    """Steps aside for requests without a body, which are most."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _has_no_body(scope):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def _has_no_body(scope: Scope) -> bool:
    """HTTP/1 announces a body by one of two headers (RFC 9112, section 6.3), later versions need
    not."""
    for name, _ in scope["headers"]:  # `any` would cost a call for each
        if name in (b"content-length", b"transfer-encoding"):
            return False
    return scope["http_version"] in {"1.0", "1.1"}


def build(settings: ChassisSettings) -> Middleware:
    return Middleware(BodyLimit, max_body_size=settings.http.max_body_size)
