"""Logs: one JSON object a line for machines, or readable lines for a terminal, with the request id
on each."""

import json
import logging
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from types import FunctionType
from typing import Any, Literal, TextIO

from pydantic import Field

from .settings import Group

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
"""The id of the request that is being served, None outside of one."""

trace_id: Callable[[], str | None] | None = None
"""Tells the id of the trace that a line belongs to; None while nothing traces."""

# What every record has; the rest of its attributes came with `extra=`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message"}
_encode = json.JSONEncoder(default=str).encode
_quote = json.encoder.encode_basestring_ascii
# Servers bring handlers of their own, which would print their lines in another form ...
_SERVERS = ("uvicorn", "uvicorn.error", "_granian")
# ... and access logs, which would repeat ours and add the query.
_ACCESS_LOGS = ("uvicorn.access", "granian.access")


class LogSettings(Group):
    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least level that is printed."""

    format: Literal["json", "console"] = "json"
    """`json` for machines, `console` for people."""

    blocked_loop: float = Field(default=0.1, ge=0.01, le=60)
    """Warn when something blocked the event loop for longer than this, in seconds."""


def configure(
    level: str, style: Literal["json", "console"], output: Literal["stdout", "stderr"] = "stdout"
) -> None:
    """Print every logger's records in one form; safe to call again. Commands whose output is data
    have theirs go to standard error."""
    # What no line shows need not be found out (Python's logging how-to, "Optimization").
    logging.logThreads = logging.logMultiprocessing = logging.logProcesses = False
    handler = _Output(output)
    handler.setFormatter(JsonFormatter() if style == "json" else ConsoleFormatter())
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if not isinstance(h, _Output)] + [handler]
    root.setLevel(level)
    for name in (*_SERVERS, *_ACCESS_LOGS):
        server = logging.getLogger(name)
        server.handlers.clear()
        server.propagate = name in _SERVERS


def only_output(logger: logging.Logger, level: int) -> "_Output | None":
    """Our own handler, if it prints JSON and nobody else handles, filters or intercepts what this
    logger logs: then whoever logs at every request may write to it, without a record."""
    if logger.disabled or logger.filters or _hooks() != _HOOKS_OF_PYTHON:
        return None
    while logger.parent:
        if logger.handlers or not logger.propagate:
            return None
        logger = logger.parent
    if len(logger.handlers) != 1:
        return None
    (handler,) = logger.handlers
    if type(handler) is not _Output or type(handler.formatter) is not JsonFormatter:
        return None
    return handler if level >= handler.level and not handler.filters else None


def _hooks() -> tuple[object, ...]:
    """What instruments, such as Sentry's, replace to see every record."""
    return logging.Logger.handle, logging.Logger.callHandlers


# Without those that were replaced before this was imported, so that it differs for good then.
_HOOKS_OF_PYTHON = tuple(
    hook
    for hook in _hooks()
    if type(hook) is FunctionType
    and hook.__code__.co_filename == logging.getLogger.__code__.co_filename
)


def request_line(
    level: str, message: str, status: int, duration_ms: float, client: str | None
) -> str:
    """What `JsonFormatter` makes of the record of a request."""
    now = time.time()
    current = request_id.get()
    id_member = "" if current is None else f'"request_id": {_quote(current)}, '
    if trace_id is not None and (trace := trace_id()):
        id_member += f'"trace_id": "{trace}", '
    return (
        '{"time": "'
        f'{_moment(now, int(now % 1 * 1000))}", "level": "{level}", "logger": "app.access"'
        f', "message": {_quote(message)}, {id_member}"status": {status}'
        f', "duration_ms": {duration_ms}, "client": {_quote(client) if client else "null"}'
        "}"
    )


def _moment(created: float, milliseconds: float) -> str:
    second = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(created))
    return f"{second}.{milliseconds:03.0f}Z"


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    current = request_id.get()
    context = {} if current is None else {"request_id": current}
    if trace_id is not None and (trace := trace_id()):
        context["trace_id"] = trace
    return context | {k: v for k, v in vars(record).items() if k not in _STANDARD}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, request_id, trace_id, extras,
    exception."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": _moment(record.created, record.msecs),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= _extras(record)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return _encode(line)


class ConsoleFormatter(logging.Formatter):
    """`12:00:00.000 INFO  app.access  GET /health/live 200  duration_ms=0.8`."""

    def format(self, record: logging.LogRecord) -> str:
        clock = time.strftime("%H:%M:%S", time.localtime(record.created))
        extras = " ".join(f"{key}={value}" for key, value in _extras(record).items())
        line = (
            f"{clock}.{record.msecs:03.0f} {record.levelname:<7} "
            f"{record.name}  {record.getMessage()}  {extras}"
        )
        if record.exc_info:
            line = f"{line.rstrip()}\n{self.formatException(record.exc_info)}"
        return line.rstrip()


class _Output(logging.StreamHandler[TextIO]):
    """Looks its stream up at every line, so that whoever redirects it gets the lines."""

    def __init__(self, name: str) -> None:
        logging.Handler.__init__(self)
        self._stream_name = name

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # the base class stores what we look up
        stream: TextIO = getattr(sys, self._stream_name)
        return stream

    def write(self, line: str) -> None:
        """As `handle` writes what became of a record."""
        self.acquire()
        try:
            self.stream.write(line + self.terminator)
            self.stream.flush()
        except (OSError, ValueError):  # the disk is full, the stream closed
            self.handleError(logging.makeLogRecord({"msg": line}))
        finally:
            self.release()
