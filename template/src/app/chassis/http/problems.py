"""How errors read over HTTP: whatever leaves a route is answered with a problem of RFC 9457,
`application/problem+json`."""

import json
import logging
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError, WebSocketRequestValidationError
from fastapi.requests import HTTPConnection
from starlette.exceptions import HTTPException
from starlette.status import WS_1008_POLICY_VIOLATION, WS_1011_INTERNAL_ERROR
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketClose, WebSocketState

from .. import logs
from ..errors import CONTENT_TOO_LARGE, UNPROCESSABLE_CONTENT, ServiceError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# Until Python 3.13 it calls them otherwise.
_PHRASES = {
    CONTENT_TOO_LARGE: "Content Too Large",
    UNPROCESSABLE_CONTENT: "Unprocessable Content",
}


MOST_MISTAKES = 100
"""How many mistakes of a request are told: an answer must not outgrow its request."""

LONGEST_NAME = 64
"""Characters of a name that are told: where a client chose it, it may be anything."""

DEEPEST_PLACE = 16
"""Names and indexes that lead to a mistake."""


def problem(
    status: int,
    *,
    title: str | None = None,
    detail: str | None = None,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, Any]] | None = None,
) -> Response:
    """A problem as RFC 9457 describes it. With a title of its own it is a type of its own."""
    phrase = _PHRASES.get(status) or HTTPStatus(status).phrase
    body = {
        "type": _type(title) if title else "about:blank",
        "title": title or phrase,
        "status": status,
        "detail": detail or phrase,
        "request_id": logs.request_id.get(),
        "errors": errors,
    }
    content = json.dumps({name: value for name, value in body.items() if value is not None})
    return Response(content, status, {**(headers or {})}, MEDIA_TYPE)


def type_of(error: type[ServiceError]) -> str:
    """By which programs know it: `urn:problem-type:email-taken`."""
    return _type(_title(error))


def _type(title: str) -> str:
    return "urn:problem-type:" + re.sub(r"\W+", "-", title).lower()


def _title(error: type[ServiceError]) -> str:
    """`EmailTaken` reads "Email taken"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", error.__name__).capitalize()


async def on_service_error(_: Request, error: ServiceError) -> Response:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning(
            "%s", error, extra={"error": type(error).__name__, "causes": list(_causes(error))}
        )
    return answer(error)


def answer(error: ServiceError, headers: Mapping[str, str] | None = None) -> Response:
    """How an error reads. Headers of this case replace those of its class."""
    return problem(
        error.status,
        title=_title(type(error)),
        detail=error.explanation,
        headers={**error.headers, **(headers or {})},
    )


def _causes(error: BaseException) -> Iterator[str]:
    """What led to an error, without messages: those of databases hold values."""
    cause = error.__cause__
    while cause is not None:
        state = getattr(cause, "sqlstate", None)
        yield f"{type(cause).__name__} {state}" if state else type(cause).__name__
        cause = cause.__cause__


async def on_http_exception(_: Request, error: HTTPException) -> Response:
    """What the framework refuses by itself: unknown paths, wrong methods, bodies that are too
    large."""
    return problem(error.status_code, detail=error.detail, headers=error.headers)


async def on_invalid_request(request: Request, error: RequestValidationError) -> Response:
    """Says where each mistake is and what is wrong with it, but never repeats the value: it may be
    a secret. Names are repeated, within bounds."""
    # What a route and its dependencies both ask for is one mistake.
    mistakes = list({(m["loc"], m["type"]): m for m in error.errors()}.values())
    is_unread = any(m["loc"] == ("body",) and m["type"] != "missing" for m in mistakes)
    if is_unread and not _is_json(request):
        return problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail="Send a body of type application/json."
        )
    return problem(
        UNPROCESSABLE_CONTENT,
        title="Invalid request",
        detail="The request does not have the form that this operation asks for.",
        errors=[
            {"loc": _place(m["loc"]), "type": m["type"], "message": _message(m)}
            for m in mistakes[:MOST_MISTAKES]
        ],
    )


def _place(names: Sequence[int | str]) -> list[int | str]:
    """A name that nobody asked for is told as well, since otherwise its mistake is hard to find."""
    return [
        name[:LONGEST_NAME] if isinstance(name, str) else name for name in names[:DEEPEST_PLACE]
    ]


def _message(mistake: Mapping[str, Any]) -> str:
    """The only one of Pydantic's that holds a value is about the kind of a thing."""
    if mistake["type"] == "union_tag_invalid":
        return "Input is of none of the expected kinds"
    message: str = mistake["msg"]
    return message


def _is_json(request: Request) -> bool:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(re.fullmatch(r"application/([^/]*\+)?json", content_type))


def denial(connection: WebSocket, response: Response) -> ASGIApp:
    """The same answer to a WebSocket: before its handshake where the server can, else a close."""
    can_tell = "websocket.http.response" in connection.scope.get("extensions", {})
    if can_tell and connection.application_state is WebSocketState.CONNECTING:
        return response
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return WebSocketClose(WS_1011_INTERNAL_ERROR if failed else WS_1008_POLICY_VIOLATION)


Handler = Callable[[Request, Any], Coroutine[Any, Any, Response]]


def _anywhere(handler: Handler) -> Callable[[Any, Any], Coroutine[Any, Any, ASGIApp]]:
    async def handle(connection: HTTPConnection, error: Exception) -> ASGIApp:
        response = await handler(cast("Request", connection), error)
        return denial(connection, response) if isinstance(connection, WebSocket) else response

    return handle


HANDLERS: dict[int | type[Exception], Any] = {
    error: _anywhere(handler)
    for error, handler in (
        (ServiceError, on_service_error),
        (HTTPException, on_http_exception),
        (RequestValidationError, on_invalid_request),
        (WebSocketRequestValidationError, on_invalid_request),
    )
}
"""What is answered to errors that a route raises, or a WebSocket before it is open."""
