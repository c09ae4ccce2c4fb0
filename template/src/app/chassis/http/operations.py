"""Which operation of the application a request is. All that needs to know asks here, so that no
two read a path differently."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

PROBES = frozenset({"/health/live", "/health/ready", "/metrics"})
"""Paths that orchestrators and monitors ask for every few seconds, by whatever address."""

KNOWN = "app.operation"
"""Where a request's scope keeps what was found, for the next that asks."""


@dataclass(slots=True)
class Operation:
    """What the index of routes found for a request."""

    method: str
    written: str
    """The path as it came."""
    path: str
    """The same below the path at which a proxy serves the application."""
    app: ASGIApp
    """What answers: a route, or a refusal."""
    route: str | None = None
    """The path with the names of its parameters, `/users/{user_id}`; None where nothing takes this
    path with this method."""
    takes_json: bool = False
    """It refuses every body but JSON."""
    scope: Mapping[str, Any] | None = None
    """What the route adds to the scope."""
    compiled: Any = None
    """A route that runs without FastAPI: a `CompiledRoute`."""


def operation_of(scope: Scope) -> Operation:
    """Of a scope of a request or a WebSocket, anywhere in the stack. It is found once, and again
    when a middleware has changed the path or the method."""
    known: Operation | None = scope.get(KNOWN)
    if known is None or known.written != scope["path"] or known.method != method_of(scope):
        found: Operation = scope["app"].index.find(scope)
        scope[KNOWN] = known = found
    return known


def refuse(scope: Scope, status: int, detail: str, headers: Mapping[str, str]) -> None:
    """Has the application answer so, whatever the operation: what is outside of the middleware that
    gives answers their form can't answer by itself."""

    async def answer(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise HTTPException(status, detail, headers)

    path = path_below_root(scope)
    scope[KNOWN] = Operation(method_of(scope), scope["path"], path, answer)


def method_of(scope: Scope) -> str:
    """That of a WebSocket is called so in rules, too."""
    method: str = scope.get("method", "WEBSOCKET")
    return method


def path_below_root(scope: Scope) -> str:
    """Servers put the root path before the path, some proxies have taken it off."""
    path: str = scope["path"]
    root: str = scope.get("root_path", "")
    if root:
        root = root.rstrip("/")
        if path == root or path.startswith(f"{root}/"):
            return path[len(root) :]
    return path


def link(request: HTTPConnection, path: str) -> str:
    """A path of this application as its clients reach it, for `Location` and the like."""
    root: str = request.scope.get("root_path", "")
    return root.rstrip("/") + path
