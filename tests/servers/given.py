"""Servers that are given instead of started, as containers beside a job are.

`TEMPLATE_POSTGRES_URL` names one whose user may create databases, `TEMPLATE_PGBOUNCER_URL` the
PgBouncer before it, which lets that user through to any of them.
"""

import asyncio
import os
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import asyncpg

from tests.servers.serving import Postgres

POSTGRES = "TEMPLATE_POSTGRES_URL"
PGBOUNCER = "TEMPLATE_PGBOUNCER_URL"


def given_servers() -> tuple[str, str] | None:
    """The URLs of both, or none: a PgBouncer before another server than ours proves nothing."""
    server, pooler = (os.environ.get(name, "") for name in (POSTGRES, PGBOUNCER))
    return (server, pooler) if server and pooler else None


@contextmanager
def given_database(server: str, pooler: str) -> Generator[tuple[Postgres, Postgres]]:
    """A new one, straight and through PgBouncer; it is gone when the block ends."""
    name = f"template_{uuid4().hex}"
    execute(server, f"CREATE DATABASE {name}")
    try:
        yield at(server, name), at(pooler, name)
    finally:
        # By force, because PgBouncer keeps connections to it for later.
        execute(server, f"DROP DATABASE {name} WITH (FORCE)")


def database_anew(server: str, name: str) -> str:
    """The URL of an empty database, which stays for inspection until the next time."""
    # By force, because what an earlier run left may still be connected.
    execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)", f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def at(url: str, database: str) -> Postgres:
    parts = urlsplit(url)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Postgres(parts.port or 5432, user, password, database, parts.hostname or "127.0.0.1")


def execute(url: str, *statements: str) -> None:
    asyncio.run(_execute(url, statements))


async def _execute(url: str, statements: tuple[str, ...]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
