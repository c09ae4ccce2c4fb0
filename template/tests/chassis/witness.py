"""Reads along, whatever the suite tests: log lines of all levels and the bodies of errors hold
neither secrets nor SQL, and what a part tells others of requests holds no secrets."""

import logging
import re
import secrets

from starlette.types import Message, Send

from app.chassis.logs import ConsoleFormatter

PASSWORD = "canary-of-a-password-5e884898"
TOKEN = "canary-of-a-token-da2804715"
SECRET = secrets.token_urlsafe(32)
"""What tests put where secrets belong; the last one is that of every part. Others are kept with
`keep_secret`."""

# What databases run, and what PostgreSQL tells of the values.
_SQL = re.compile(
    r"\[SQL:|\bSELECT\b.+\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.+\bSET\b|\bDELETE FROM\b|DETAIL:  Key",
    re.DOTALL,
)
# The side of the client: it tells what it asked for.
_CLIENTS = ("httpx2", "httpcore2", "urllib3", "schemathesis", "hypothesis")

_secrets = {PASSWORD, TOKEN, SECRET}
_leaks: list[str] = []


def keep_secret(value: str) -> None:
    _secrets.add(value)


def leaks() -> list[str]:
    """What was found since the last time."""
    found = _leaks.copy()
    _leaks.clear()
    return found


def read(text: str) -> None:
    if _SQL.search(text):
        _leaks.append(text)
    else:
        read_span(text)


def read_span(text: str) -> None:
    """Statements belong into spans, without values."""
    if "DETAIL:" in text or any(secret in text for secret in _secrets):
        _leaks.append(text)


class _Reader(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(_CLIENTS):
            read(self.format(record))


def start() -> None:
    reader = _Reader()
    reader.setFormatter(ConsoleFormatter())
    logging.getLogger().addHandler(reader)


def is_reader(handler: logging.Handler) -> bool:
    return isinstance(handler, _Reader)


def watched(send: Send) -> Send:
    """Reads the answers that are errors on their way."""
    status = 0
    body = b""

    async def send_and_read(message: Message) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"") if status >= 400 else b""
        if body and not message.get("more_body"):
            read(body.decode(errors="replace"))
        await send(message)

    return send_and_read
