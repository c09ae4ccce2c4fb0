"""The form of every route."""

from collections.abc import Iterator
from inspect import isasyncgenfunction, isgeneratorfunction
from typing import Any, get_type_hints

from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

from app.chassis.http.deps import get_session
from app.config import Settings
from app.main import create_app


def routes() -> Iterator[tuple[RouteContext, APIRoute]]:
    """Those of a new application: a test may have added some to another one."""
    for context in iter_route_contexts(create_app(Settings(environment="test")).routes):
        if isinstance(context.original_route, APIRoute):
            yield context, context.original_route


def is_json(route: APIRoute) -> bool:
    """Streams, files and pages say what they are: by their class, or by what they return."""
    if isasyncgenfunction(route.endpoint) or isgeneratorfunction(route.endpoint):
        return False
    named = route.response_class
    if not isinstance(named, DefaultPlaceholder):
        return issubclass(named, JSONResponse)
    returned = get_type_hints(route.endpoint).get("return")
    if not isinstance(returned, type) or not issubclass(returned, Response):
        return True
    return returned is Response or issubclass(returned, JSONResponse)


def test_every_answer_has_a_model() -> None:
    """Pydantic writes its bytes at once; without one an answer costs several times as much."""
    for context, route in filter(lambda found: is_json(found[1]), routes()):
        model = route.response_model
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        assert is_model or route.status_code == 204, context.path
        assert isinstance(route.response_class, DefaultPlaceholder), context.path


def test_every_route_is_documented() -> None:
    for context, route in routes():
        assert route.description, context.path


def sessions(dependant: Dependant) -> list[Any]:
    """How long each session lives that a route asks for."""
    found: list[Any] = []
    for dependency in dependant.dependencies:
        if dependency.call is get_session:
            found.append(dependency.scope)
        found += sessions(dependency)
    return found


def test_every_session_ends_before_the_answer() -> None:
    """A route that asks for `get_session` without the alias would commit after its answer."""
    for context, route in routes():
        assert set(sessions(route.dependant)) <= {"function"}, context.path
