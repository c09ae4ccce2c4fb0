"""Puts each route behind the rule that says who may use it. Nothing is served without a rule."""

from collections.abc import Callable, Coroutine, Iterator, Mapping
from types import ModuleType
from typing import Any

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from ..refused import end_process
from ..scanning import modules_of

Rule = Callable[..., Coroutine[Any, Any, Any]]
"""A dependency that raises when the caller may not."""

Rules = Mapping[str, Rule | None]
"""A line for each operation, as in `"GET /api/v1/users": admins`. None lets everybody in."""


def guarded(routes: ModuleType, rules: ModuleType | None) -> Iterator[APIRouter]:
    """The routes of a package, each behind its rule of another one.

    Each module of `routes` has a `router`, each of `rules` has `RULES`. Where they don't fit, the
    process ends with one line. Without rules everybody may use every route.
    """
    routers = [module.router for module in modules_of(routes)]
    yield from routers if rules is None else _behind_rules(routers, rules)


def _behind_rules(routers: list[APIRouter], package: ModuleType) -> Iterator[APIRouter]:
    rules, used = _rules_of(package), set[str]()
    for route in [route for router in routers for route in router.routes]:
        operations = _operations_of(route)
        _require_rules(operations, rules, package)
        used.update(operations)
        found = [Depends(rule) for operation in operations if (rule := rules[operation])]
        guard = APIRouter()
        guard.include_router(APIRouter(routes=[route]), dependencies=found)
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


def _operations_of(route: BaseRoute) -> list[str]:
    """What rules are about: a method and a path."""
    if not isinstance(route, APIRoute):
        what = f"{type(route).__name__} {getattr(route, 'path', '')}"
        end_process(f"No rule can guard a {what}: write it as a function with a method")
    return [f"{method} {route.path}" for method in sorted(route.methods or ())]


def _require_rules(operations: list[str], rules: Rules, package: ModuleType) -> None:
    if missing := [operation for operation in operations if operation not in rules]:
        lines = ", ".join(f'"{operation}": users' for operation in missing)
        end_process(f"No rule says who may use a route. Add to {package.__name__}: {lines}")
