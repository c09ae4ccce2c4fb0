"""The kinds of what can go wrong. Errors of resources derive from these.

ServiceError                     500
├── NotFound                     404
├── Conflict                     409
│   └── PageLost
├── Unprocessable                422
├── TooManyRequests              429, with Retry-After
├── DeadlineExceeded             504
└── Unavailable                  503, with Retry-After
    ├── DatabaseUnavailable
    ├── PoolExhausted
    └── NotReady

Services raise them, and `http/problems.py` answers. Details are written for clients: no SQL, no
stack, nothing submitted.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar

# Python learned these names of RFC 9110 in 3.13 and 3.14.
CONTENT_TOO_LARGE = 413
UNPROCESSABLE_CONTENT = 422


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


class Conflict(ServiceError):
    status = HTTPStatus.CONFLICT
    detail = "The request conflicts with what is stored."


class PageLost(Conflict):
    detail = "What the page before ended with is gone: begin again, without after."


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
