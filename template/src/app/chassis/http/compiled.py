"""Runs routes whose every part is known: what such a route asks for is found out once, not at each
request. FastAPI declares, documents and validates them, and runs all others."""

from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from inspect import isasyncgenfunction, isclass, iscoroutinefunction, isroutine
from types import FunctionType
from typing import Any, cast

from anyio import CancelScope
from fastapi import BackgroundTasks, Request, Response, concurrency, params, routing
from fastapi._compat import ModelField, field_annotation_is_sequence
from fastapi.dependencies import utils
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import RouteContext
from pydantic import BaseModel
from starlette.types import ASGIApp, Receive, Scope, Send

from .asking_first import asked_first
from .large_bodies import NO_BODY, body_of, request_class_of

_KNOWN_PARTS = (
    "call name path scope use_cache dependencies path_params query_params body_params"
    " request_param_name http_connection_param_name response_param_name"
    " background_tasks_param_name"
)
_UNKNOWN_OPTIONS = (
    "response_model_include response_model_exclude response_model_exclude_unset"
    " response_model_exclude_defaults response_model_exclude_none stream_item_field callbacks"
    " _embed_body_fields"
)

_shielded: Any = getattr(concurrency, "_asynccontextmanager_with_shielded_exit", None)
_ABSENT: Any = object()
_NO_BODY = {"type": "missing", "loc": ("body",), "msg": "Field required", "input": None}

Answer = tuple[int, list[tuple[bytes, bytes]], bytes, BackgroundTasks | None]
"""One of JSON: status, headers, content, and what is done after it."""


@dataclass(slots=True)
class _Call:
    """What is known of a request while its dependencies are made."""

    request: Request
    body: Any = NO_BODY
    made: dict[Any, Any] = field(default_factory=dict)
    errors: list[Any] = field(default_factory=list)
    told: Response | None = None
    tasks: BackgroundTasks | None = None
    exits: Any = None
    shield: Any = None

    def response(self) -> Response:
        """By this a route tells headers and a status."""
        if self.told is None:
            self.told = Response()
            del self.told.headers["content-length"]
            self.told.status_code = cast("Any", None)
        return self.told

    async def open(self, manager: Any) -> Any:
        """Its end isn't cancelled by scopes around the request, as with FastAPI."""
        return await self.exits.enter_async_context(_shielded(manager, self.shield))

    async def around(self, run: "Callable[[_Call], Any]") -> Any:
        """What is opened ends here, before the answer is sent."""
        with CancelScope() as self.shield:
            async with AsyncExitStack() as self.exits:
                return await run(self)
        raise RuntimeError("a dependency swallowed what the route raised")


class _Part:
    """A dependency, or the route itself."""

    def __init__(self, dependant: Dependant) -> None:
        self.call: Any = dependant.call
        self.key = self.call, dependant.scope
        self.name = dependant.name
        self.open = asynccontextmanager(self.call) if isasyncgenfunction(self.call) else None
        self.parts = [_Part(each) for each in dependant.dependencies]
        self.opens: bool = bool(self.open) or any(part.opens for part in self.parts)
        self._path = [(each.name, each) for each in dependant.path_params]
        self._query = dependant.query_params
        self._is_flat = _is_model(*self._query, kind=params.Query) and _is_flat(self._query[0])
        self._body = dependant.body_params[0] if dependant.body_params else None
        given = dependant.request_param_name, dependant.http_connection_param_name
        self._requests = [name for name in given if name]
        self._response = dependant.response_param_name
        self._tasks = dependant.background_tasks_param_name

    async def values(self, call: _Call) -> dict[str, Any] | None:
        """What it is called with; None when something of the request is wrong."""
        values: dict[str, Any] = {}
        errors = call.errors
        before = len(errors)
        for part in self.parts:
            value = call.made.get(part.key, _ABSENT)
            if value is _ABSENT:
                own = await part.values(call)
                if own is None:
                    continue
                made = part.call(**own) if part.open is None else call.open(part.open(**own))
                value = call.made[part.key] = await made
            if part.name is not None:
                values[part.name] = value
        for name, wanted in self._path:
            given = call.request.scope["path_params"][name]
            values[name], mistakes = wanted.validate(given, values, loc=("path", name))
            errors += mistakes
        if self._query:
            found, mistakes = self._of_query(call.request)
            values |= found
            errors += mistakes
        if self._body is not None and call.body is NO_BODY:
            errors.append({**_NO_BODY})
        elif self._body is not None:
            value, mistakes = self._body.validate(call.body, values, loc=("body",))
            values[self._body.name] = value
            errors += mistakes
        for name in self._requests:
            values[name] = call.request
        if self._tasks is not None:
            call.tasks = values[self._tasks] = call.tasks or BackgroundTasks()
        if self._response is not None:
            values[self._response] = call.response()
        return values if len(errors) == before else None

    def _of_query(self, request: Request) -> tuple[dict[str, Any], list[Any]]:
        if self._is_flat:
            items = request.query_params.multi_items() if request.scope["query_string"] else []
            given = dict(items)
            if len(given) == len(items):  # no name comes twice
                (page,) = self._query
                value, errors = page.validate(given, {}, loc=("query",))
                return {page.name: value}, errors
        return utils.request_params_to_args(self._query, request.query_params)


class CompiledRoute:
    def __init__(self, route: RouteContext, request_class: type[Request]) -> None:
        self._app: ASGIApp = route.app
        self._request_class = request_class
        self._part = _Part(route.dependant)
        first = Dependant(dependencies=asked_first(route))
        self._first = _Part(first) if first.dependencies else None
        self._has_body = route.body_field is not None
        self._status: int = route.status_code or 200
        self._field: ModelField | None = route.response_field
        self._context: Any = {"path": route.path_format}

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> Answer | ASGIApp:
        if self._first is not None:
            call = _Call(Request(scope))
            values = self._first.values
            await (call.around(values) if self._first.opens else values(call))
            if call.errors:
                raise RequestValidationError(call.errors)
        call = _Call(self._request_class(scope, receive, send))
        if self._has_body:
            try:
                call.body = await body_of(call.request)
            except Exception as error:  # noqa: BLE001  # FastAPI knows what to make of it
                fail = raising(error)
                return lambda scope, _, send: self._app(scope, fail, send)
        answer: Answer | ASGIApp
        answer = await (call.around(self._run) if self._part.opens else self._run(call))
        return answer

    async def _run(self, call: _Call) -> Answer | ASGIApp:
        values = await self._part.values(call)
        if values is None:
            body = None if call.body is NO_BODY else call.body
            raise RequestValidationError(call.errors, body=body, endpoint_ctx=self._context)
        result = await self._part.call(**values)
        if isinstance(result, Response):
            result.background = result.background or call.tasks
            return result
        content: Any = b"null"
        told = call.told
        if self._field is not None:
            content = await routing.serialize_response(
                field=self._field,
                response_content=result,
                endpoint_ctx=self._context,
                dump_json=True,
            )
        elif result is not None:
            content = JSONResponse(await routing.serialize_response(response_content=result)).body
        status = (told and told.status_code) or self._status
        length = [] if status in {204, 304} else [(b"content-length", b"%d" % len(content))]
        headers = [*length, (b"content-type", b"application/json")]
        headers += told.raw_headers if told else []
        return status, headers, b"" if status in {204, 205, 304} else content, call.tasks


def raising(error: Exception) -> Callable[..., Any]:
    async def fail(*_: Any) -> None:
        raise error

    return fail


def compiled(route: RouteContext) -> CompiledRoute | None:
    """None for a route that asks for anything but what is known here."""
    request_class = request_class_of(route.original_route)
    if request_class is None or not is_own(route.app) or not _is_usual(route):
        return None
    is_known = _is_async(route.endpoint, None) and _is_known(route.dependant)
    return CompiledRoute(route, request_class) if is_known else None


def _is_usual(route: RouteContext) -> bool:
    """Whether nobody chose anything about how it answers."""
    default_class = getattr(route.response_class, "value", None)
    is_strict = getattr(route.strict_content_type, "value", route.strict_content_type)
    return (
        (default_class, is_strict) == (JSONResponse, True)
        and (route.response_field is not None or route.status_code == 204)
        and route.response_model_by_alias
        and route.max_body_size is None
        and not any(getattr(route, name) for name in _UNKNOWN_OPTIONS.split())
    )


def _is_known(whole: Dependant) -> bool:
    asked = {name for name in Dependant.__slots__ if getattr(whole, name)}
    return (
        asked <= set(_KNOWN_PARTS.split())
        and (not whole.body_params or _is_model(*whole.body_params, kind=params.Body))
        and not any(p.name != p.alias or p.field_info.validation_alias for p in whole.path_params)
        and all(
            part.use_cache and _is_async(part.call, part.scope) and _is_known(part)
            for part in whole.dependencies
        )
    )


def _is_async(call: Any, scope: str | None) -> bool:
    if isclass(call) or hasattr(call, "__wrapped__"):
        return False
    if not isroutine(call):  # as security schemes, which are objects
        return iscoroutinefunction(type(call).__call__)
    return iscoroutinefunction(call) or (isasyncgenfunction(call) and scope == "function")


def _is_model(*fields: ModelField, kind: type) -> bool:
    """Whether it is one field, and a model that has to be there."""
    info = fields[0].field_info if len(fields) == 1 else None
    annotation = getattr(info, "annotation", None)
    is_model = isinstance(annotation, type) and issubclass(annotation, BaseModel)
    is_plain = type(info) is kind and not getattr(info, "embed", None)
    return is_model and is_plain and fields[0].field_info.is_required()


def _is_flat(field: ModelField) -> bool:
    """Whether the fields of a model are one value each, by their own names."""
    model = cast("type[BaseModel]", field.field_info.annotation)
    return not any(
        info.alias or info.validation_alias or field_annotation_is_sequence(info.annotation)
        for info in model.model_fields.values()
    )


def is_own(function: object) -> bool:
    """Whether FastAPI or Starlette defines it. What imitates a function has other globals."""
    home = getattr(function, "__globals__", {}).get("__name__", "")
    return type(function) is FunctionType and home.partition(".")[0] in {"fastapi", "starlette"}
