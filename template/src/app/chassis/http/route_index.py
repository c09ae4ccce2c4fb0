"""Finds the route of a request without trying one route after the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from re import Match as RegexMatch
from re import Pattern
from typing import Any

from fastapi.routing import APIRoute, RouteContext
from fastapi.telemetry._api import _route_selected
from pydantic import BaseModel
from starlette.convertors import Convertor
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, NoMatchFound
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from .asking_first import asking_first
from .compiled import CompiledRoute, compiled
from .large_bodies import FIELD, validated_by
from .operations import KNOWN, Operation, method_of, operation_of, path_below_root


class RouteIndex(BaseRoute):
    """Stands before all routes of an application and picks the one that FastAPI would pick, at a
    cost that does not grow with their number.

    It differs in three things. A path without parameters comes before all that might match it, in
    whatever order they were included. A wrong method is told all that the path takes (RFC 9110,
    section 15.5.6). And it has the last word: what was not there when it was made is not served,
    lest a route gets by the guard.
    """

    def __init__(self, routes: Iterable[RouteContext]) -> None:
        routes = list(routes)
        indexed = [_Route.of(route) for route in routes if _is_api(route)]
        # Modules of routes are found by name, so their order can't be chosen: `/users/me` must not
        # depend on being included before `/users/{user_id}`.
        indexed.sort(key=lambda route: not route.is_fixed)
        self._candidates = {
            start: [route for route in indexed if _is_within(start, route.start)]
            for start in {route.start for route in indexed}
        }
        self._fixed = {
            path: _methods(route for route in indexed if route.start == path and route.is_fixed)
            for path in {route.start for route in indexed if route.is_fixed}
        }
        self._others = [route for route in routes if not _is_api(route)]

    def find(self, scope: Scope) -> Operation:
        """What answers a request or a WebSocket. Ask `operation_of`, which remembers it."""
        path, method = path_below_root(scope), method_of(scope)
        if scope["type"] == "http":
            allowed = self._fixed.get(path)
            if allowed is not None and method not in allowed:
                return _operation(scope, path, _wrong_method(allowed))
            for route in self._candidates_of(path):
                found = method in route.methods and route.path.fullmatch(path)
                if found:
                    return route.operation(scope, path, found)
            allowed = _methods(r for r in self._candidates_of(path) if r.path.fullmatch(path))
            if allowed:
                return _operation(scope, path, _wrong_method(allowed))
        return self._other(scope, path)

    def _other(self, scope: Scope, path: str) -> Operation:
        """Mounts, WebSockets and routes of Starlette are few: they are tried in their order."""
        refused = _operation(scope, path, _nothing)
        for route in self._others:
            match, child = route.matches(scope)
            # A pattern's `$` would also match before a line break at the end.
            if match is Match.NONE or path.endswith("\n"):
                continue
            answer = _operation(scope, path, _with(child, route.handle))
            if match is Match.FULL:
                answer.route = route.path
                return answer
            refused = answer
        return refused

    def _candidates_of(self, path: str) -> list["_Route"]:
        """Those without a parameter first, then in the order in which they were included."""
        start = path
        while start not in self._candidates:
            if not start:
                return []
            start = start.rpartition("/")[0]
        return self._candidates[start]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        return Match.FULL, dict(operation_of(scope).scope or {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = operation_of(scope)
        if "fastapi.telemetry" in scope:  # which takes the name of a span from FastAPI's own router
            _route_selected(scope=scope, path=operation.route)
        await operation.app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        raise NoMatchFound(name, path_params)


@dataclass(frozen=True, slots=True)
class _Route:
    start: str
    """The path up to the first parameter: `/users` of `/users/{user_id}/posts`."""
    template: str
    path: Pattern[str]
    methods: frozenset[str]
    convertors: Mapping[str, Convertor[Any]]
    takes_json: bool
    scope: Mapping[str, Any]
    """What a request learns of its route."""
    app: ASGIApp
    compiled: CompiledRoute | None

    @property
    def is_fixed(self) -> bool:
        return not self.convertors

    @classmethod
    def of(cls, route: RouteContext) -> "_Route":
        field = validated_by(route)  # before it is compiled, since it changes the route
        return cls(
            start=_start(route.path or ""),
            template=route.path or "",
            path=route.path_regex,
            methods=frozenset(route.methods or ()),
            convertors=route.param_convertors,
            takes_json=_takes_json(route),
            scope={
                "route": route.original_route,
                "endpoint": route.endpoint,
                FIELD: field,
            },
            app=asking_first(route),
            compiled=compiled(route),
        )

    def operation(self, scope: Scope, path: str, found: RegexMatch[str]) -> Operation:
        values = {name: self.convertors[name].convert(v) for name, v in found.groupdict().items()}
        return Operation(
            scope["method"],
            scope["path"],
            path,
            self.app,
            self.template,
            self.takes_json,
            {**self.scope, "path_params": values},
            self.compiled,
        )


def _operation(scope: Scope, path: str, app: ASGIApp) -> Operation:
    return Operation(method_of(scope), scope["path"], path, app)


def _with(child: Scope, app: ASGIApp) -> ASGIApp:
    """In a scope of its own: what is mounted knows another root, and may be another application,
    while the middleware asks of this one."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, **child, KNOWN: None}, receive, send)

    return answer


def _wrong_method(allowed: Sequence[str]) -> ASGIApp:
    async def refuse(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(allowed)})

    return refuse


async def _nothing(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await WebSocketClose()(scope, receive, send)
    else:
        raise HTTPException(HTTPStatus.NOT_FOUND)


def _methods(routes: Iterable[_Route]) -> Sequence[str]:
    return sorted({method for route in routes for method in route.methods})


def _takes_json(route: RouteContext) -> bool:
    kind = route.body_field and route.body_field.field_info.annotation
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_api(route: RouteContext) -> bool:
    return isinstance(route.original_route, APIRoute)


def _start(path: str) -> str:
    fixed, brace, _ = path.partition("{")
    return fixed.rpartition("/")[0] if brace else fixed


def _is_within(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")
