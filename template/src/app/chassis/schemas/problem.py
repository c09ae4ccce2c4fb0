"""The one form of all errors (RFC 9457, `application/problem+json`)."""

from .base import Schema


class Mistake(Schema):
    loc: list[str | int]
    """Where in the request: `body`, `query` or `path`, then the names and indexes that lead
    there."""

    type: str
    """What kind of mistake, for programs."""

    message: str
    """What is wrong, for people."""


class Problem(Schema):
    type: str = "about:blank"
    """The kind of problem, for programs; `about:blank` says no more than the status does."""

    title: str
    """The kind of problem, for people."""

    status: int
    """The HTTP status."""

    detail: str
    """What happened in this case."""

    request_id: str | None = None
    """What to quote when asking for help: the log lines of the request carry it."""

    errors: list[Mistake] | None = None
    """Each mistake of an invalid request."""
