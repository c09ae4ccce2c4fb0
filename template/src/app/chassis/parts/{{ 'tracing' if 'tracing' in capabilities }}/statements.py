"""Spans of statements."""

import re
from functools import lru_cache

from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, get_current_span

from ...db.monitor import Ending

LENGTH = 2000
"""Of a statement's text, in characters."""

_VALUE = re.compile(r"'(?:[^']|'')*'|(?<![\w$:.\"])\d+(?:\.\d+)?\b")
# Where quotes have other meanings, or people wrote something beside the SQL.
_UNUSUAL = re.compile(r"\\|\$[a-zA-Z_]*\$|--|/\*|[uU]&['\"]")


@lru_cache(maxsize=512)
def described(sql: str) -> tuple[str, str]:
    """The verb, and the text without any value. Values have placeholders; but whoever writes SQL
    may have put some between them."""
    verb = sql.split(None, 1)[0].upper() if sql.strip() else ""
    if not verb.isalpha():
        return "SQL", ""
    text = "" if _UNUSUAL.search(sql) else " ".join(_VALUE.sub("?", sql).split())[:LENGTH]
    return verb, text


class StatementSpans:
    """Tells of statements within traces that are recorded. None begins a trace: workers and
    probes, which ask again and again, make none."""

    def __init__(self, tracer: Tracer, system: str) -> None:
        self._tracer = tracer
        self._system = system

    def begun(self, sql: str) -> Ending | None:
        # What came after an answer belongs to the request, whose span has ended by then.
        if not get_current_span().get_span_context().trace_flags.sampled:
            return None
        verb, text = described(sql)
        if verb == "BEGIN":  # of SQLite; those of PostgreSQL come with its first statement
            return None
        attributes = {"db.system.name": self._system, "db.operation.name": verb}
        if text:
            attributes["db.query.text"] = text
        span = self._tracer.start_span(verb, kind=SpanKind.CLIENT, attributes=attributes)
        return lambda error: end(span, error)


def end(span: Span, error: BaseException | None) -> None:
    """An error is told by its kind: its message may hold values."""
    if error is not None:
        span.set_attribute("error.type", type(error).__qualname__)
        span.set_status(StatusCode.ERROR)
    span.end()
