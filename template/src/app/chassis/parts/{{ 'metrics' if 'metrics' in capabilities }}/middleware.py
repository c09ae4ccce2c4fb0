"""Counts and times requests, and answers `/metrics`."""

from collections.abc import Sequence
from http import HTTPStatus
from secrets import compare_digest
from time import perf_counter

from prometheus_client.exposition import choose_encoder
from pydantic import SecretStr
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...config import ChassisSettings
from ...db.monitor import PoolMonitor
from ...http.credentials import bearer_token
from ...http.operations import operation_of
from ...http.problems import problem
from .forms import wanted_form
from .instruments import instruments
from .processes import registry

PATH = "/metrics"
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class Metrics:
    """Right inside of `problems`, which answers 500 to whatever is raised here.

    Labels come from the routes, never from a path or a word that a client chose: their number is
    bounded. What no route answers is called `none`.
    """

    def __init__(self, app: ASGIApp, token: SecretStr) -> None:
        self.app = app
        self._token = token.get_secret_value().encode()
        self._measured = instruments()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif operation_of(scope).path == PATH:
            await self._tell(scope)(scope, receive, send)
        else:
            await self._measure(scope, receive, send)

    async def _measure(self, scope: Scope, receive: Receive, send: Send) -> None:
        begin = perf_counter()
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR

        async def send_and_note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self._measured.in_progress.inc()
        try:
            await self.app(scope, receive, send_and_note_status)
        finally:
            self._measured.in_progress.dec()
            method, route = _method(scope), operation_of(scope).route or "none"
            self._measured.requests.labels(method, route, status).inc()
            self._measured.duration.labels(method, route).observe(perf_counter() - begin)

    def _tell(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return problem(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "GET, HEAD"})
        if not self._may_read(scope):
            return problem(HTTPStatus.UNAUTHORIZED, headers={"WWW-Authenticate": "Bearer"})
        pools: Sequence[PoolMonitor] = scope["state"]["database"].pools
        for pool in pools:
            self._measured.note(pool)
        encode, content_type = choose_encoder(wanted_form(scope))
        return Response(encode(registry()), headers={"Content-Type": content_type})

    def _may_read(self, scope: Scope) -> bool:
        token = bearer_token(scope) or ""
        return compare_digest(token.encode(), self._token) or not self._token


def _method(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in _METHODS else "other"


def build(settings: ChassisSettings) -> Middleware:
    return Middleware(Metrics, token=settings.metrics.token)
