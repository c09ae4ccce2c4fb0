"""Reads large bodies beside the event loop: while one is parsed and validated, others are
served."""

import asyncio
import email.message
import json
import re
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from functools import lru_cache, partial
from http import HTTPStatus
from itertools import accumulate
from typing import Any, cast

from fastapi import Request, Response, params
from fastapi._compat import ModelField
from fastapi.routing import APIRoute, RouteContext
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from ..errors import CONTENT_TOO_LARGE
from .asking_first import needs_body

LARGE = 256 * 1024
"""Bytes. What is smaller is parsed sooner than a thread is found for it."""

MOST_VALUES = 500_000
"""Values in a large body, be they inside of others: parsing and forgetting takes time for each."""

DEEPEST = 100
"""How many lists and objects may be within each other. The parser would stop at Python's limit of
recursion only, and whatever runs there by chance, such as a callback of the garbage collector,
fails."""

_TOO_MANY = f"The body holds more than {MOST_VALUES} values."
_TOO_DEEP = f"Lists and objects are more than {DEEPEST} deep within each other."

_CODED, _PLAIN, _TAKEN = b"content-encoding", {b"", b"identity"}, {"Accept-Encoding": "identity"}
_NOT_PLAIN = "Send the body as it is, without a Content-Encoding."

_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)'
_NO_BRACKETS = re.compile(_TEXT + rb'|[^][{}"]+', re.DOTALL)
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}

NO_BODY: Any = object()

FIELD = "app.body_field"
"""Where a request's scope has what its body is validated by, if that is one thing."""

_one_at_a_time = ThreadPoolExecutor(1, "large-bodies")
"""Several threads that compute would take their turns before the loop has its own."""

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True)
class _Validated:
    value: Any = None
    mistakes: Sequence[dict[str, Any]] = ()
    error: Exception | None = None
    """What a validator raised that it should not have."""


class _Field(ModelField):
    """Takes what was validated before as it is."""

    def __init__(self, field: ModelField) -> None:
        vars(self).update(vars(field))

    def validate(self, value: Any, *args: Any, **named: Any) -> tuple[Any, list[dict[str, Any]]]:
        if not isinstance(value, _Validated):
            return super().validate(value, *args, **named)
        if value.error:
            raise value.error
        return value.value, [*value.mistakes]


class LargeBody(Request):
    """A request whose body is parsed, and validated, where it holds up nobody."""

    async def json(self) -> Any:
        if {value.lower() for name, value in self.scope["headers"] if name == _CODED} - _PLAIN:
            raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _NOT_PLAIN, _TAKEN)
        body = await self.body()
        if len(body) <= LARGE:
            _require_shallow(body)
            return await super().json()
        read = partial(copy_context().run, _read, body, self.scope.get(FIELD))
        found: Any = await asyncio.get_running_loop().run_in_executor(_one_at_a_time, read)
        if isinstance(found, Exception):
            raise found
        return found


def request_class_of(route: BaseRoute) -> type[Request] | None:
    """What a route of FastAPI's own kind gets; None for others, and where somebody chose how to
    handle requests."""
    if type(route) is not APIRoute:
        return None
    handler = vars(route).get("get_route_handler")
    if handler is None:
        return Request
    return LargeBody if getattr(handler, "__globals__", None) is globals() else None


async def body_of(request: Request) -> Any:
    """What FastAPI would validate: a body that doesn't say it is JSON as bytes."""
    content = await request.body()
    if not content:
        return NO_BODY
    sent = (value for name, value in request.scope["headers"] if name == b"content-type")
    return await request.json() if _says_json(next(sent, b"")) else content


@lru_cache(maxsize=64)
def _says_json(content_type: bytes) -> bool:
    message = email.message.Message()
    message["content-type"] = content_type.decode("latin-1")
    kind = message.get_content_subtype()
    is_application = message.get_content_maintype() == "application"
    return is_application and (kind == "json" or kind.endswith("+json"))


def _require_shallow(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        brackets = _NO_BRACKETS.sub(b"", body)
        if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > DEEPEST:
            raise HTTPException(HTTPStatus.BAD_REQUEST, _TOO_DEEP)


def _read(body: bytes, field: ModelField | None) -> Any:
    """What the body says, or the error. An error of the parser holds nothing of the body, which is
    forgotten here: that takes time as well."""
    try:
        value = json.loads(body, cls=_Interruptible)
    except json.JSONDecodeError as error:
        return json.JSONDecodeError(error.msg, "", error.pos)
    except (HTTPException, ValueError) as error:
        return error.with_traceback(None)
    return _validated(value, field) if field else value


def _validated(value: Any, field: ModelField) -> _Validated:
    try:
        validated, mistakes = field.validate(value, loc=("body",))
    except Exception as error:  # noqa: BLE001  # it is raised where FastAPI validates
        return _Validated(error=error)
    return _Validated(validated, [{**mistake, "input": None} for mistake in mistakes])


class _Interruptible(json.JSONDecoder):
    """The parser that is written in C keeps all other threads waiting until it has read everything.
    Here it reads names, words and numbers only, one after the other."""

    def __init__(self) -> None:
        super().__init__()
        names: dict[str, str] = {}
        left, depth = MOST_VALUES, 0
        decoder: Any = self  # what it is made of is not in its published type
        scan, parse_object, parse_array = (
            decoder.scan_once,
            decoder.parse_object,
            decoder.parse_array,
        )

        def scan_once(text: str, index: int) -> Any:
            nonlocal left, depth
            left -= 1
            if left < 0:
                raise HTTPException(CONTENT_TOO_LARGE, _TOO_MANY)
            start = text[index : index + 1]
            if start not in {"{", "["}:
                return scan(text, index)
            depth += 1
            if depth > DEEPEST:
                raise HTTPException(HTTPStatus.BAD_REQUEST, _TOO_DEEP)
            if start == "{":
                found = parse_object((text, index + 1), True, scan_once, None, None, names)
            else:
                found = parse_array((text, index + 1), scan_once)
            depth -= 1
            return found

        decoder.scan_once = scan_once


def read_beside_loop(routes: Iterable[BaseRoute]) -> None:
    """Has routes read large bodies so, also those of routers within."""
    for route in _api_routes(routes):
        handler = _with_large_bodies(route)
        route.get_route_handler = handler  # type: ignore[method-assign]


def _api_routes(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        yield from _api_routes(getattr(getattr(route, "original_router", None), "routes", ()))


def _with_large_bodies(route: APIRoute) -> Callable[[], Handler]:
    """FastAPI's way to a request class of one's own, for routes that are there already."""

    def get_route_handler() -> Handler:
        answer = type(route).get_route_handler(route)

        async def handle(request: Request) -> Response:
            return await answer(LargeBody(request.scope, request.receive, request._send))

        return handle

    return get_route_handler


def validated_by(route: RouteContext) -> ModelField | None:
    """What validates the whole body of a route, unless there are several. From now on it takes what
    it has validated before."""
    own = route.dependant.body_params
    is_all = len(own) == 1 and not any(map(needs_body, route.dependant.dependencies))
    if not is_all or route._embed_body_fields or isinstance(own[0].field_info, params.Form):
        return None
    own[0] = _Field(own[0])
    return cast("ModelField", own[0])
