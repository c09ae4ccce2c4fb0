"""Lets compiled routes answer, unless something else wants to see how FastAPI runs them."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import fastapi
from fastapi import routing
from fastapi.dependencies import utils
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry._api import _route_selected
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ..config import ChassisSettings
from ..http.compiled import is_own, raising
from ..http.operations import KNOWN, Operation, operation_of

logger = logging.getLogger(__name__)

PROVEN = frozenset({"0.165"})
"""Minor versions of FastAPI with which routes were seen to answer the same both ways."""

INSTALLED = fastapi.__version__.rpartition(".")[0]

# What doesn't run for a compiled route. Instruments put functions of their own in these places.
_REPLACED: dict[Any, str] = {
    routing: "request_response get_request_handler solve_dependencies run_endpoint_function"
    " serialize_response wrap_app_handling_exceptions",
    utils: "solve_dependencies request_params_to_args request_body_to_args",
    routing.APIRouter: "app __call__",
    routing.APIRoute: "get_route_handler handle",
    AsyncExitStackMiddleware: "__call__",
    ExceptionMiddleware: "__call__",
}
_OFF = "APP_HTTP_COMPILED_ROUTES is false"


def _lasting_obstacles() -> Iterator[str]:
    if INSTALLED not in PROVEN:
        yield f"FastAPI {INSTALLED} was not proven"
    for owner, names in _REPLACED.items():
        for name in names.split():
            if not is_own(getattr(owner, name, None)):
                yield f"something is in the place of {owner.__name__}.{name}"


def _obstacle(scope: Scope) -> str | None:
    if scope["app"].dependency_overrides:
        return "dependencies are overridden"
    told = scope.get("fastapi.telemetry")
    if told is None or getattr(told, "tracer", told) is getattr(told, "logger", told) is None:
        return None  # spans of whole requests lose nothing
    return "its telemetry is on"


@cache  # once
def _tell(obstacle: str) -> None:
    logger.warning("FastAPI runs all routes: %s", obstacle)


class CompiledRoutes:
    """The innermost middleware. Also of compiled routes it leaves to FastAPI how errors are
    answered, and responses that they made themselves."""

    def __init__(self, app: ASGIApp, is_on: bool) -> None:
        self.app = app
        self._lasting = next(_lasting_obstacles() if is_on else iter([_OFF]), None)
        if self._lasting:
            _tell(self._lasting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_ours = scope["type"] == "http" and self._lasting is None
        operation = operation_of(scope) if is_ours else None
        if operation is None or operation.compiled is None:
            await self.app(scope, receive, send)
        elif obstacle := _obstacle(scope):
            _tell(obstacle)
            await self.app(scope, receive, send)
        else:
            await self._answer(operation, scope, receive, send)

    async def _answer(
        self, operation: Operation, scope: Scope, receive: Receive, send: Send
    ) -> None:
        scope.update(operation.scope or {})
        scope.setdefault("router", scope["app"].router)
        if "fastapi.telemetry" in scope:
            _route_selected(scope=scope, path=operation.route)
        try:
            answer = await operation.compiled.answer(scope, receive, send)
        except Exception as error:  # noqa: BLE001  # it is raised again where FastAPI would
            answer = raising(error)
        if not isinstance(answer, tuple):
            scope[KNOWN] = replace(operation, app=answer)
            await self.app(scope, receive, send)
            return
        status, headers, content, tasks = answer
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})
        if tasks is not None:
            await tasks()


def build(settings: ChassisSettings) -> Middleware:
    return Middleware(CompiledRoutes, is_on=settings.http.compiled_routes)
