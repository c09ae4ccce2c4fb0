"""Finds the route of a request without trying one route after the other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from re import Match as RegexMatch
from re import Pattern
from typing import Any

from fastapi.routing import APIRoute, RouteContext
from starlette.convertors import Convertor
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Mount, NoMatchFound
from starlette.types import Receive, Scope, Send

_ROUTE = "app.route"
"""Where a request's scope keeps what was found, from `matches` to `handle`."""

_ALLOWED = "app.allowed"
"""The same for the methods of a path that doesn't take the one of the request."""


class RouteIndex(BaseRoute):
    """Stands before all routes of an application and picks the one that FastAPI would pick, at a
    cost that does not grow with their number.

    It differs in two things. A path without parameters comes before all that might match it, in
    whatever order they were included. A wrong method is told all that the path takes (RFC 9110,
    section 15.5.6). What it doesn't know (unknown paths,
    routes of other kinds) it leaves to the routes behind it.
    """

    def __init__(self, routes: Iterable[RouteContext], behind: Sequence[BaseRoute] = ()) -> None:
        """`behind` has the routes of the application, in which it stands."""
        self._behind = behind
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

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http":
            path, method = _path_below_root(scope), scope["method"]
            allowed = self._fixed.get(path)
            if allowed is not None and method not in allowed:
                return Match.FULL, {_ALLOWED: allowed}
            for route in self._candidates_of(path):
                found = method in route.methods and route.path.match(path)
                if found:
                    return Match.FULL, {**route.scope, "path_params": route.parameters(found)}
            return self._wrong_method(path, scope)
        return Match.NONE, {}

    def _wrong_method(self, path: str, scope: Scope) -> tuple[Match, Scope]:
        """Another route may take it; what is mounted at `/` would only say that it has no such
        page."""
        allowed = _methods(r for r in self._candidates_of(path) if r.path.match(path))
        if not allowed:
            return Match.NONE, {}
        others = (r for r in self._behind if not isinstance(r, Mount | RouteIndex))
        is_others = any(route.matches(scope)[0] is Match.FULL for route in others)
        return Match.PARTIAL if is_others else Match.FULL, {_ALLOWED: allowed}

    def _candidates_of(self, path: str) -> list["_Route"]:
        """Those without a parameter first, then in the order in which they were included."""
        start = path
        while start not in self._candidates:
            if not start:
                return []
            start = start.rpartition("/")[0]
        return self._candidates[start]

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if _ROUTE not in scope:
            raise HTTPException(
                HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": ", ".join(scope[_ALLOWED])}
            )
        await scope[_ROUTE].app(scope, receive, send)

    def url_path_for(self, name: str, /, **path_params: Any) -> Any:
        raise NoMatchFound(name, path_params)


@dataclass(frozen=True, slots=True)
class _Route:
    start: str
    """The path up to the first parameter: `/users` of `/users/{user_id}/posts`."""
    path: Pattern[str]
    methods: frozenset[str]
    convertors: Mapping[str, Convertor[Any]]
    scope: Mapping[str, Any]
    """What a request learns of its route."""

    @property
    def is_fixed(self) -> bool:
        return not self.convertors

    @classmethod
    def of(cls, route: RouteContext) -> "_Route":
        return cls(
            start=_start(route.path or ""),
            path=route.path_regex,
            methods=frozenset(route.methods or ()),
            convertors=route.param_convertors,
            scope={"route": route.original_route, "endpoint": route.endpoint, _ROUTE: route},
        )

    def parameters(self, found: RegexMatch[str]) -> dict[str, Any]:
        return {name: self.convertors[name].convert(v) for name, v in found.groupdict().items()}


def _methods(routes: Iterable[_Route]) -> Sequence[str]:
    return sorted({method for route in routes for method in route.methods})


def _path_below_root(scope: Scope) -> str:
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _is_api(route: RouteContext) -> bool:
    return isinstance(route.original_route, APIRoute)


def _start(path: str) -> str:
    fixed, brace, _ = path.partition("{")
    return fixed.rpartition("/")[0] if brace else fixed


def _is_within(path: str, start: str) -> bool:
    return path == start or path.startswith(f"{start}/")
