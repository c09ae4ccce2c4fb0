"""Decides who is asking before a byte of the body is read: what a stranger sends is not worth the
time to parse it."""

from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

from fastapi import Request, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_parameterless_sub_dependant, solve_dependencies
from fastapi.exceptions import RequestValidationError
from fastapi.routing import RouteContext
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send


@dataclass(frozen=True)
class RuleDepends(params.Depends):
    """A rule, among the other dependencies of a route."""


def asking_first(route: RouteContext) -> ASGIApp:
    """Answers as the route does. Where it has a body, whatever of its rules needs none is asked
    before, in a unit of work of its own, which ends before the body comes. FastAPI asks the rules
    once more, in the unit of work of the route: who may change a thing is decided on what is
    changed."""
    path, answer = route.path_format or "", cast("ASGIApp", route.app)
    first = asked_first(route)
    if not first:
        return answer

    async def ask_first(scope: Scope, receive: Receive, send: Send) -> None:
        async with AsyncExitStack() as inner, AsyncExitStack() as function:
            # By these names FastAPI finds where what is open for a request is closed.
            scope["fastapi_inner_astack"] = inner
            scope["fastapi_function_astack"] = function
            solved = await solve_dependencies(
                request=Request(scope),
                dependant=Dependant(path=path, dependencies=first),
                dependency_overrides_provider=route.dependency_overrides_provider,
                async_exit_stack=inner,
                embed_body_fields=False,
            )
        if solved.errors:
            raise RequestValidationError(solved.errors)
        await answer(scope, receive, send)

    if route.max_body_size is None:
        return ask_first
    # The limit of the route holds here, too: who isn't let in should hear that, and nothing else.
    return RequestBodyLimitMiddleware(ask_first, route.max_body_size)


def asked_first(route: RouteContext) -> list[Dependant]:
    """Nothing where there is no body to wait for."""
    path = route.path_format or ""
    rules = [rule for rule in route.dependencies if isinstance(rule, RuleDepends)]
    dependants = [get_parameterless_sub_dependant(depends=rule, path=path) for rule in rules]
    first = [part for dependant in dependants for part in _without_body(dependant)]
    return first if route.body_field else []


def _without_body(dependant: Dependant) -> Iterator[Dependant]:
    """What can be asked of it without the body: all, or some of what it asks for itself."""
    if not needs_body(dependant):
        yield dependant
    else:
        for inner in dependant.dependencies:
            yield from _without_body(inner)


def needs_body(dependant: Dependant) -> bool:
    return bool(dependant.body_params) or any(map(needs_body, dependant.dependencies))
