"""The OpenAPI document, with every status that an operation can answer."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.types import ASGIApp

from ..errors import (
    CONTENT_TOO_LARGE,
    UNPROCESSABLE_CONTENT,
    Conflict,
    NotFound,
    ServiceError,
    Unavailable,
)
from ..schemas.problem import Problem
from .about import about
from .naming import name_operations, tags_of, with_plain_names
from .problems import MEDIA_TYPE, type_of
from .route_index import RouteIndex

_REFERENCE = "#/components/schemas/{model}"
_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": _REFERENCE.format(model=Problem.__name__)}}}
_NOTHING: Mapping[str, Any] = {}
_DESCRIPTIONS: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "The request can't be read.",
    HTTPStatus.UNAUTHORIZED: "The request doesn't prove who sends it.",
    HTTPStatus.FORBIDDEN: "Whoever sends the request may not do this.",
    HTTPStatus.NOT_FOUND: NotFound.detail,
    HTTPStatus.CONFLICT: Conflict.detail,
    CONTENT_TOO_LARGE: "The body is larger than this operation takes.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body is not JSON, or is compressed.",
    UNPROCESSABLE_CONTENT: "The request does not have the form that this operation asks for.",
    HTTPStatus.TOO_MANY_REQUESTS: "There were too many requests; try again later.",
    HTTPStatus.INTERNAL_SERVER_ERROR: ServiceError.detail,
    HTTPStatus.SERVICE_UNAVAILABLE: Unavailable.detail,
    HTTPStatus.GATEWAY_TIMEOUT: "The service could not answer in time.",
}


def problems(*errors: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: what its service raises, beyond what follows from its form. The
    `x-problem-types` of a status are for programs."""
    found: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        earlier = found.get(error.status, {"description": "", "x-problem-types": []})
        found[error.status] = {
            **_problem(f"{earlier['description']} {error.detail}".lstrip()),
            "x-problem-types": [*earlier["x-problem-types"], type_of(error)],
        }
    return found


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": _CONTENT}


class DocumentedApp(FastAPI):
    """Adds to each operation what its form tells: one with a body can be sent too much of it, one
    with an id in its path can be asked for what isn't there, one that removes something for what
    others refer to. Names all of them, and the project.

    All of it happens when the document is made, nothing when a request is served.
    """

    index: RouteIndex
    """Finds the operation of a request."""

    def __init__(
        self, *, distribution: str = "", refusals: Mapping[int, Mapping[str, Any]], **options: Any
    ) -> None:
        """`distribution` is the project's name in `pyproject.toml`. `refusals` are what middleware
        answers by itself, whatever the operation: by status, what the document tells beside the
        problem."""
        super().__init__(**options)
        self._distribution, self._refusals = distribution, refusals

    def build_middleware_stack(self) -> ASGIApp:
        """What nobody can look into: with telemetry on, FastAPI would search it at each request for
        a middleware that it steps aside for, and that is not there."""
        stack: Any = super().build_middleware_stack()
        bound: ASGIApp = stack.__call__
        return bound

    def openapi(self) -> dict[str, Any]:
        before = self.openapi_schema
        document = super().openapi()
        if document is not before:
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            _replace_schemas(schemas)
            documented = list(_operations(document, iter_route_contexts(self.routes)))
            for context, operation in documented:
                found = dict.fromkeys(_problems_of(context, operation), _NOTHING)
                _add_raised(operation, context.dependant)
                _add_problems(operation, {**found, **self._refusals})
                operation.setdefault("security", [])  # needs none, and says so
            name_operations(documented)
            document["info"] |= about(self._distribution)
            document |= {"servers": [{"url": "/"}], "tags": tags_of(documented)}
            self.openapi_schema = document = with_plain_names(document, documented)
        return document


def _replace_schemas(schemas: dict[str, Any]) -> None:
    """FastAPI's own form of errors is not the one of this service."""
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template=_REFERENCE, mode="serialization")
    schemas |= problem.pop("$defs")
    schemas[Problem.__name__] = problem


def _operations(
    document: Mapping[str, Any], routes: Iterable[RouteContext]
) -> Iterator[tuple[RouteContext, dict[str, Any]]]:
    for route in routes:
        operations = document["paths"].get(route.path_format, {})
        for method in route.methods or ():
            if method.lower() in operations:
                yield route, operations[method.lower()]


def _problems_of(route: RouteContext, operation: Mapping[str, Any]) -> Iterator[int]:
    """What an operation can answer, by its form."""
    yield from (HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)
    if route.dependant.dependencies:
        yield HTTPStatus.SERVICE_UNAVAILABLE
    if "requestBody" in operation:
        yield from (CONTENT_TOO_LARGE, HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    if "requestBody" in operation or "parameters" in operation:
        yield UNPROCESSABLE_CONTENT
    if "{" in (route.path_format or ""):
        yield HTTPStatus.NOT_FOUND
    if "DELETE" in (route.methods or ()):
        yield HTTPStatus.CONFLICT
    if "security" in operation:
        yield from (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def _add_raised(operation: dict[str, Any], dependant: Dependant) -> None:
    """What dependencies say that they may raise, as `raises`."""
    raised: dict[type[ServiceError], None] = {}
    waiting = [dependant]
    while waiting:
        one = waiting.pop()
        waiting += one.dependencies
        raised |= dict.fromkeys(getattr(one.call, "raises", ()))
    for status, described in problems(*raised).items():
        operation["responses"].setdefault(str(status), described)


def _add_problems(operation: dict[str, Any], found: Mapping[int, Mapping[str, Any]]) -> None:
    responses = operation["responses"]
    for status, more in found.items():
        described = responses.get(str(status), {}).get("content")
        if not described or MEDIA_TYPE not in described:
            text = _DESCRIPTIONS.get(status) or HTTPStatus(status).phrase
            responses[str(status)] = {**_problem(text), **more}
    operation["responses"] = dict(sorted(responses.items()))
