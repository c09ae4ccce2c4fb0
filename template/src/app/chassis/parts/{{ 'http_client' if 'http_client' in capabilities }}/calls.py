"""What is asked of another service, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, TypeVar

from pydantic import TypeAdapter, ValidationError

from .errors import UpstreamUnavailable

Kind = TypeVar("Kind")

NOT_AS_AGREED = "Another service, which this one needs, answered in a form that was not agreed on."

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_NOTHING: Mapping[str, Any] = {}
_ANYTHING: TypeAdapter[Any] = TypeAdapter(Any)


class Options(TypedDict, total=False):
    """What may be said of a call, beyond its method and URL."""

    params: Mapping[str, str | int | float | Sequence[str]]
    """The query. In the URL itself nothing would escape it."""

    headers: Mapping[str, str]
    json: object
    """Becomes the body: whatever Pydantic can write, models too."""

    body: bytes
    """Instead of `json`. Its type is in the headers."""

    redirects: int
    """How many are followed; none by default, and what redirects is the answer."""

    public_only: bool
    """Whether to call public addresses only: for URLs that users give."""

    deadline: float
    """In seconds, where less than that of the settings is wanted."""

    max_body_size: int
    """In bytes, where another than that of the settings is wanted."""


@dataclass(frozen=True, slots=True)
class Call:
    """One of those that are made together. For the fields see `Options`."""

    method: str
    url: str
    params: Mapping[str, str | int | float | Sequence[str]] | None = None
    headers: Mapping[str, str] | None = None
    json: object = None
    body: bytes | None = None
    redirects: int = 0
    public_only: bool = False
    deadline: float | None = None
    max_body_size: int | None = None

    def may_be_repeated(self) -> bool:
        """Doing it twice is doing it once (RFC 9110, section 9.2.2), or the other side sees to
        that."""
        names = {name.lower() for name in self.headers or _NOTHING}
        return self.method.upper() in _IDEMPOTENT or "idempotency-key" in names

    def headers_to_send(self) -> Mapping[str, str]:
        given = self.headers or _NOTHING
        if self.json is None or any(name.lower() == "content-type" for name in given):
            return given
        return {**given, "Content-Type": "application/json"}

    def content(self) -> bytes | None:
        return self.body if self.json is None else _ANYTHING.dump_json(self.json)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whatever its status: what a 404 of another service means is for the caller to say."""

    status: int
    headers: Mapping[str, str]
    """Any case finds them."""

    body: bytes

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def read_as(self, kind: type[Kind]) -> Kind:
        """The body, as a model or whatever else Pydantic can read from JSON. Raises
        `UpstreamUnavailable` when it has another form."""
        try:
            return TypeAdapter(kind).validate_json(self.body)
        except ValidationError:
            raise UpstreamUnavailable(NOT_AS_AGREED) from None
