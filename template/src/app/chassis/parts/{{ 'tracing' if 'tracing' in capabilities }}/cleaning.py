"""What leaves the process of a span: nothing that a client or a row may have put a secret into."""

from collections.abc import Mapping
from typing import Any

from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.trace import SpanKind, Status

_SECRET = frozenset(
    {
        "url.query",
        "http.request.method_original",
        "exception.message",
        "exception.stacktrace",
        "db.statement",
    }
)
_HEADERS = ("http.request.header.", "http.response.header.")
_URLS = frozenset({"url.full", "http.url", "http.target"})
# The header `Host`, of whoever calls.
_OF_CALLERS = frozenset({"server.address", "server.port"})


def cleaned(span: ReadableSpan) -> ReadableSpan:
    """A copy: made for the sender, so that requests pay nothing for it."""
    attributes = _harmless(span.attributes or {})
    if span.kind is SpanKind.SERVER:
        attributes = {k: v for k, v in attributes.items() if k not in _OF_CALLERS}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=attributes,
        events=[Event(e.name, _harmless(e.attributes or {}), e.timestamp) for e in span.events],
        links=span.links,
        kind=span.kind,
        status=Status(span.status.status_code),  # its description is the message of an exception
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _harmless(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: str(value).partition("?")[0] if name in _URLS else value
        for name, value in attributes.items()
        if name not in _SECRET and not name.startswith(_HEADERS)
    }
