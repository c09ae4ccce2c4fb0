"""Limits how many requests a caller may send."""

import logging
import os
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...config import ChassisSettings
from ...errors import TooManyRequests, Unavailable
from ...http.operations import PROBES, operation_of
from ...http.problems import answer
from .address import address_of
from .caller import caller_of
from .limiter import Limiter, Policy, Verdict
from .settings import MEMORY, RateLimitSettings
from .store import Store

logger = logging.getLogger(__name__)

REFUSALS: Mapping[int, Mapping[str, Any]] = {
    HTTPStatus.TOO_MANY_REQUESTS: {
        "headers": {
            name: {"description": meaning, "schema": {"type": kind}}
            for name, kind, meaning in (
                ("Retry-After", "integer", "Seconds to wait."),
                ("RateLimit", "string", "What is left of the limit, and for how long."),
                ("RateLimit-Policy", "string", "The limit."),
            )
        },
    },
}
_SIMPLE = {
    b"",
    b"application/x-www-form-urlencoded",
    b"multipart/form-data",
    b"text/plain",
}
_STOPPED = {
    "lifespan.shutdown.complete",
    "lifespan.shutdown.failed",
    "lifespan.startup.failed",
}


class RateLimit:
    """Innermost of the chosen middleware: refusals are logged, and readable for other origins."""

    def __init__(self, app: ASGIApp, settings: RateLimitSettings) -> None:
        self.app = app
        self._store = Store(settings)
        self._limiter = Limiter(self._store)
        self._default = Policy("default", settings.default)
        self._strict = Policy("strict", settings.strict)
        self._strict_paths = frozenset(settings.strict_paths)
        self._must_count = settings.without_store == "refuse"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, self._closing(send))
        elif scope["type"] != "http" or _is_free(scope):
            await self.app(scope, receive, send)
        else:
            await self._limited(scope, receive, send)

    async def _limited(self, scope: Scope, receive: Receive, send: Send) -> None:
        # Who logs in may be anybody, so that a name counts for nothing there.
        is_strict = self._is_attempt(scope)
        policy = self._strict if is_strict else self._default
        caller = address_of(scope) if is_strict else caller_of(scope)
        verdict = await self._limiter.hit(policy, caller)
        if verdict is None and self._must_count:
            await answer(Unavailable())(scope, receive, send)
        elif verdict is None:
            await self.app(scope, receive, send)
        elif verdict.is_allowed:
            await self.app(scope, receive, _with_headers(send, _headers(policy, verdict)))
        else:
            headers = {"Retry-After": str(verdict.reset), **_headers(policy, verdict)}
            await answer(TooManyRequests(), headers)(scope, receive, send)

    def _is_attempt(self, scope: Scope) -> bool:
        """Whether a request may have guessed something. It hasn't when no route takes it, nor when
        its route refuses the type of its body: so much any page elsewhere can have a browser send,
        which must not use up what a user may try."""
        operation = operation_of(scope)
        if operation.route not in self._strict_paths:
            return False
        return not operation.takes_json or not _is_simple(scope)

    def _closing(self, send: Send) -> Send:
        """The store is closed after everything else, and before the server hears of it."""

        async def close_and_send(message: Message) -> None:
            if message["type"] in _STOPPED:
                await self._store.close()
            await send(message)

        return close_and_send


def _is_free(scope: Scope) -> bool:
    """Probes, and the questions that browsers ask before a request (CORS)."""
    if scope["method"] == "OPTIONS":
        return any(name == b"access-control-request-method" for name, _ in scope["headers"])
    return operation_of(scope).path in PROBES


def _is_simple(scope: Scope) -> bool:
    """Whether the body is of a type that a page may send to any address without asking before
    (Fetch, section 4.8.5). Routes read the first of several lines, too."""
    given = next((value for name, value in scope["headers"] if name == b"content-type"), b"")
    return given.partition(b";")[0].strip().lower() in _SIMPLE


def _headers(policy: Policy, verdict: Verdict) -> dict[str, str]:
    limit = f'"{policy.name}";r={verdict.remaining};t={verdict.reset}'
    return {"RateLimit-Policy": policy.header, "RateLimit": limit}


def _with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    fields = [(name.lower().encode(), value.encode()) for name, value in headers.items()]

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *fields]
        await send(message)

    return send_with_headers


def build(settings: ChassisSettings) -> Middleware:
    processes = _processes(settings)
    is_shared = settings.rate_limit.store.get_secret_value() != MEMORY
    if settings.environment == "production" and processes > 1 and not is_shared:
        logger.warning(
            "Each process counts for itself: set APP_RATE_LIMIT_STORE",
            extra={"processes": processes},
        )
    return Middleware(RateLimit, settings=settings.rate_limit)


def _processes(settings: ChassisSettings) -> int:
    """As far as settings tell: those of the database, and those of servers."""
    names = ("WORKERS", "WEB_CONCURRENCY", "GRANIAN_WORKERS")
    told = [os.environ.get(name, "") for name in names]
    fleet: int = getattr(settings.database, "instances", 1)
    return max(fleet, *(int(number) for number in told if number.isdecimal()), 1)
