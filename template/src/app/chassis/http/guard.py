"""Puts each route behind the rule that says who may use it. Nothing is served without a rule."""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from copy import copy
from types import ModuleType
from typing import Any, NoReturn

from fastapi import APIRouter
from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import BaseRoute, Host, Mount, Route, WebSocketRoute

from ..refused import end_process
from ..scanning import modules_of
from .asking_first import RuleDepends

Rule = Callable[..., Coroutine[Any, Any, Any]]
"""A dependency that raises when the caller may not. One for WebSockets, too, asks for
`HTTPConnection` where others ask for `Request`."""

Rules = Mapping[str, Rule | None]
"""A line for each operation, as in `"GET /api/v1/users": admins`. None lets everybody in. What
comes in by a WebSocket is called `WEBSOCKET /path`, a mounted application `MOUNT /path`."""


class Guarded(APIRouter):
    """Routes of which it has been said who may use them. An application takes no others."""


def guarded(routes: ModuleType, rules: ModuleType | None) -> Iterator[Guarded]:
    """The routes of a package, each behind its rule of another one.

    Each module of `routes` has a `router`, each of `rules` has `RULES`. Where they don't fit, the
    process ends with one line. Without rules everybody may use every route.
    """
    routers = [module.router for module in modules_of(routes)]
    for router in routers:
        _refuse_pages(router)
    if rules is None:
        yield from map(unguarded, routers)
    else:
        yield from _behind_rules(routers, rules)


def unguarded(router: APIRouter) -> Guarded:
    """Opens all routes of a router to everybody: for those that no rule can know."""
    opened = Guarded()
    include(opened, router)
    return opened


def include(parent: APIRouter, router: APIRouter, **options: Any) -> None:
    """As FastAPI does, which takes no route at the root, where pages are mounted."""
    if at_root := [route for route in router.routes if getattr(route, "path", None) == ""]:
        parent.routes.extend(at_root)
        others = [route for route in router.routes if route not in at_root]
        router = copy(router)
        router.routes = others
    parent.include_router(router, **options)


def refuse_unguarded(routers: Iterable[APIRouter]) -> Iterator[Guarded]:
    """All of them, unless one is behind no rule: then the process ends with one line."""
    for router in routers:
        if not isinstance(router, Guarded):
            names = [name for route in router.routes for name in operations_of(route)]
            end_process(
                f"No rule guards {', '.join(names)}: move the router to a module of `api.routes`,"
                " or open it to everybody with `unguarded(router)` of `chassis.http.guard`"
            )
        yield router


class Closed(list[BaseRoute]):
    """The routes of an application that is complete. Who adds one ends the process: no rule would
    guard it."""

    def _refuse(self, *added: Any) -> NoReturn:
        found = [route for each in added for route in (each if _is_many(each) else [each])]
        routes = [route for route in found if isinstance(route, BaseRoute)]
        names = ", ".join(name for route in routes for name in operations_of(route))
        end_process(
            f"No rule can guard {names}, which comes after `build_app`: add it to the router of a"
            " module of `api.routes`, and a line for it to `api.rules`"
        )

    append = insert = extend = __iadd__ = __setitem__ = _refuse


def _is_many(value: object) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, BaseRoute)


def _behind_rules(routers: list[APIRouter], package: ModuleType) -> Iterator[Guarded]:
    rules, used = _rules_of(package), set[str]()
    for route in [route for router in routers for route in router.routes]:
        operations = operations_of(route)
        _require_rules(route, rules, package)
        used.update(operations)
        found = [RuleDepends(rule) for operation in operations if (rule := rules[operation])]
        guard = Guarded()
        include(guard, APIRouter(routes=[route]), dependencies=found)
        yield guard
    if unused := sorted(rules.keys() - used):
        end_process(f"There are rules for operations that don't exist: {', '.join(unused)}")


def _rules_of(package: ModuleType) -> dict[str, Rule | None]:
    """`RULES` of all its modules together."""
    rules: dict[str, Rule | None] = {}
    for module in modules_of(package):
        if twice := sorted(rules.keys() & module.RULES.keys()):
            end_process(f"{module.__name__} has a second rule for {', '.join(twice)}")
        rules |= module.RULES
    return rules


def operations_of(route: BaseRoute) -> list[str]:
    """What rules are about: a method and a path."""
    match route:
        case Route():
            return [f"{method} {route.path}" for method in sorted(route.methods or ["ANY"])]
        case WebSocketRoute():
            return [f"WEBSOCKET {route.path}"]
        case Mount():
            return [f"MOUNT {route.path or '/'}"]
        case Host():
            return [f"HOST {route.host}"]
    included = getattr(getattr(route, "original_router", None), "routes", None)
    if included is None:
        return [type(route).__name__]
    return [operation for inner in included for operation in operations_of(inner)]


def _require_rules(route: BaseRoute, rules: Rules, package: ModuleType) -> None:
    operations = operations_of(route)
    can_be_guarded = isinstance(route, APIRoute | APIWebSocketRoute)
    if not can_be_guarded and any(rules.get(operation, _rule) for operation in operations):
        # Neither FastAPI nor Starlette asks dependencies before it.
        end_process(
            f"No rule can guard a {type(route).__name__}: write it as a function with a method, or"
            f" open it. Then add to {package.__name__}: {_lines(operations, 'everybody')}"
        )
    if missing := [operation for operation in operations if operation not in rules]:
        lines = _lines(missing, "users")
        end_process(f"No rule says who may use a route. Add to {package.__name__}: {lines}")


async def _rule() -> None: ...


def _lines(operations: Iterable[str], who: str) -> str:
    return ", ".join(f'"{operation}": {who}' for operation in operations)


def _refuse_pages(router: APIRouter) -> None:
    """`router.frontend()` keeps its files apart from all other routes."""
    if getattr(router, "_low_priority_routes", None):
        end_process("No rule can guard a frontend: mount StaticFiles instead")
