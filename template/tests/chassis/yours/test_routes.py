"""The form of every route."""

from collections.abc import Iterator
from typing import Any

from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel

from app.chassis.http.deps import get_session

from ..running import Running


def routes(service: Running) -> Iterator[tuple[RouteContext, APIRoute]]:
    for context in iter_route_contexts(service.app.routes):
        if isinstance(context.original_route, APIRoute):
            yield context, context.original_route


def test_every_answer_has_a_model(service: Running) -> None:
    """Pydantic writes its bytes at once; without one an answer costs several times as much."""
    for context, route in routes(service):
        model = route.response_model
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        assert is_model or route.status_code == 204, context.path
        assert isinstance(route.response_class, DefaultPlaceholder), context.path


def test_every_route_is_documented(service: Running) -> None:
    for context, route in routes(service):
        assert route.description, context.path


def sessions(dependant: Dependant) -> list[Any]:
    """How long each session lives that a route asks for."""
    found: list[Any] = []
    for dependency in dependant.dependencies:
        if dependency.call is get_session:
            found.append(dependency.scope)
        found += sessions(dependency)
    return found


def test_every_session_ends_before_the_answer(service: Running) -> None:
    """A route that asks for `get_session` without the alias would commit after its answer."""
    for context, route in routes(service):
        assert set(sessions(route.dependant)) <= {"function"}, context.path
