"""What can go wrong, and how it reads over HTTP.

ServiceError                     500
├── NotFound                     404
│   ├── UserNotFound
│   └── PostNotFound
├── Conflict                     409
│   └── EmailTaken
├── Unprocessable                422
├── TooManyRequests              429, with Retry-After
├── DeadlineExceeded             504
└── Unavailable                  503, with Retry-After
    ├── DatabaseUnavailable
    ├── PoolExhausted
    └── NotReady

Services raise these; whatever else leaves a route becomes the same kind of answer: a problem of
RFC 9457, `application/problem+json`. Its details are written for clients: no SQL, no stack, nothing
submitted.
"""

import json
import logging
import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from . import logs

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# Python learned these names of RFC 9110 in 3.13 and 3.14.
CONTENT_TOO_LARGE = 413
UNPROCESSABLE_CONTENT = 422
_PHRASES = {
    CONTENT_TOO_LARGE: "Content Too Large",
    UNPROCESSABLE_CONTENT: "Unprocessable Content",
}


MOST_MISTAKES = 100
"""How many mistakes of a request are told: an answer must not outgrow its request."""


class ServiceError(Exception):
    """The service can't do what was asked. The class names the problem, `detail` explains this
    case."""

    status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR
    detail: ClassVar[str] = "The server met an unexpected condition."
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str | None = None) -> None:
        self.explanation = detail or self.detail
        super().__init__(self.explanation)


class NotFound(ServiceError):
    status = HTTPStatus.NOT_FOUND
    detail = "There is no such resource."


class UserNotFound(NotFound):
    detail = "There is no user with this id."


class PostNotFound(NotFound):
    detail = "There is no post with this id."


class Conflict(ServiceError):
    status = HTTPStatus.CONFLICT
    detail = "The request conflicts with what is stored."


class EmailTaken(Conflict):
    detail = "Another user has this e-mail address."


class Unprocessable(ServiceError):
    status = UNPROCESSABLE_CONTENT
    detail = "The request holds a value that can't be stored."


class DeadlineExceeded(ServiceError):
    status = HTTPStatus.GATEWAY_TIMEOUT
    detail = "The request took too long."


class TooManyRequests(ServiceError):
    status = HTTPStatus.TOO_MANY_REQUESTS
    detail = "There were too many requests. Retry-After tells when to try again."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class Unavailable(ServiceError):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    detail = "The service can't answer right now."
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "1"}


class DatabaseUnavailable(Unavailable):
    detail = "The database can't be reached right now."


class PoolExhausted(Unavailable):
    detail = "All database connections are in use."


class NotReady(Unavailable):
    detail = "The service is not ready for requests."


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
        "type": f"urn:problem-type:{_kebab(title)}" if title else "about:blank",
        "title": title or phrase,
        "status": status,
        "detail": detail or phrase,
        "request_id": logs.request_id.get(),
        "errors": errors,
    }
    content = json.dumps({name: value for name, value in body.items() if value is not None})
    return Response(content, status, {**(headers or {})}, MEDIA_TYPE)


def _kebab(name: str) -> str:
    return re.sub(r"\W+", "-", name).lower()


def _words(name: str) -> str:
    """`EmailTaken` reads "Email taken"."""
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


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
        title=_words(type(error).__name__),
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
    a secret."""
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
            {"loc": m["loc"], "type": m["type"], "message": m["msg"]}
            for m in mistakes[:MOST_MISTAKES]
        ],
    )


def _is_json(request: Request) -> bool:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return bool(re.fullmatch(r"application/(.+\+)?json", content_type))


HANDLERS: dict[int | type[Exception], Callable[[Request, Any], Coroutine[Any, Any, Response]]] = {
    ServiceError: on_service_error,
    HTTPException: on_http_exception,
    RequestValidationError: on_invalid_request,
}
