"""The users and posts that every server starts with, the same each time."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from benchmarks import sql

BEGIN = datetime(2025, 1, 1, 12, 0, 0, 123457, UTC)
FIRST_MILLISECOND = int(BEGIN.timestamp() * 1000)
MILLISECONDS_OF_A_DAY = 86_400_000
USER_COLUMNS = sql.USER_COLUMNS.split(", ")
POST_COLUMNS = list(sql.POST_COLUMNS)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Size:
    users: int = 1_000
    posts: int = 10
    """Of each user."""


def user_id(number: int) -> UUID:
    return _uuid7(number, 0)


def users(size: Size) -> Iterator[Row]:
    for number in range(size.users):
        moment = _moment(number)
        email = f"user-{number}@example.org"
        yield user_id(number), email, f"Ada Lovelace {number}", moment, moment


def posts(size: Size) -> Iterator[Row]:
    body = "What was to be said, in a few sentences. " * 5
    for place in range(1, size.posts + 1):
        for number in range(size.users):
            moment = _moment(number)
            identity = _uuid7(number, place)
            yield identity, user_id(number), f"Post {place}", body, moment, moment


def _moment(number: int) -> datetime:
    return BEGIN + timedelta(milliseconds=number)


def _uuid7(number: int, place: int) -> UUID:
    """RFC 9562: milliseconds, version, and what is random in real ones."""
    milliseconds = FIRST_MILLISECOND + number + place * MILLISECONDS_OF_A_DAY
    chance = (number * 1_000 + place + 1) * 0x9E37_79B9_7F4A_7C15_F39C % (1 << 74)
    high = milliseconds << 80 | 7 << 76 | (chance >> 62) << 64
    return UUID(int=high | 2 << 62 | chance & (1 << 62) - 1)


async def fill_postgres(url: str, size: Size) -> None:
    """Leaves the tables as a server with some history has them: vacuumed and analysed."""
    connection = await asyncpg.connect(url)
    try:
        await connection.copy_records_to_table("users", records=users(size), columns=USER_COLUMNS)
        await connection.copy_records_to_table("posts", records=posts(size), columns=POST_COLUMNS)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def fill_sqlite(path: Path, size: Size) -> None:
    with sqlite3.connect(path) as connection:
        for table, rows in {"users": users(size), "posts": posts(size)}.items():
            plain = (tuple(map(_as_sqlite, row)) for row in rows)
            places = ", ".join("?" * len(USER_COLUMNS if table == "users" else POST_COLUMNS))
            connection.executemany(f"INSERT INTO {table} VALUES ({places})", plain)
    connection.close()


def _as_sqlite(value: Any) -> Any:
    """As SQLAlchemy stores it there."""
    if isinstance(value, UUID):
        return value.hex
    return str(value.replace(tzinfo=None)) if isinstance(value, datetime) else value
