"""The limit: the answers of the service from bare ASGI, asyncpg's own pool and orjson.

It checks what it must to stay in one piece, and has neither layers, nor logs, nor documentation.
"""

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
import orjson
from uuid_utils.compat import uuid7

from benchmarks import sql

USERS = "/api/v1/users"
Answer = tuple[int, bytes]


class Limit:
    """An ASGI application."""

    pool: "asyncpg.Pool[asyncpg.Record]"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
            return
        try:
            status, body = await self.answer(scope, receive)
        except (ValueError, KeyError):
            status, body = 422, b"{}"
        length = str(len(body)).encode()
        headers = [(b"content-type", b"application/json"), (b"content-length", length)]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def live(self, receive: Any, send: Any) -> None:
        await receive()
        self.pool = await asyncpg.create_pool(
            os.environ["BENCH_URL"],
            max_size=int(os.environ["BENCH_POOL"]),
            reset=leave_as_it_is,
        )
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope: Any, receive: Any) -> Answer:
        path = scope["path"]
        if path == "/health/live":
            return 200, b'{"status":"ok"}'
        if path == USERS and scope["method"] == "POST":
            return await self.register(await read_body(receive))
        if path == USERS:
            return await self.page(scope)
        if path == f"{USERS}/with-posts":
            return await self.page_with_posts(scope)
        if path.endswith("/posts/import"):
            return await self.store_posts(UUID(path.split("/")[-3]), await read_body(receive))
        return await self.read(UUID(path.removeprefix(f"{USERS}/")))

    async def read(self, user_id: UUID) -> Answer:
        row = await self.pool.fetchrow(sql.READ, user_id)
        return (404, b"{}") if row is None else (200, as_json(user_of(row)))

    async def page(self, scope: Any) -> Answer:
        rows, limit = await self.rows_of_page(scope)
        return 200, page_of([user_of(row) for row in rows], limit)

    async def page_with_posts(self, scope: Any) -> Answer:
        rows, limit = await self.rows_of_page(scope)
        users = {row["id"]: user_of(row) | {"latest_posts": []} for row in rows}
        for post in await self.pool.fetch(sql.LATEST_POSTS, list(users)):
            users[post["author_id"]]["latest_posts"].append(post_of(post))
        return 200, page_of(list(users.values()), limit)

    async def rows_of_page(self, scope: Any) -> tuple[list[asyncpg.Record], int]:
        """One more than asked for, when another page follows."""
        query = dict(parse_qsl(scope["query_string"].decode()))
        limit = min(int(query.get("limit", 20)), 100)
        if "after" in query:
            return await self.pool.fetch(sql.PAGE_AFTER, limit + 1, UUID(query["after"])), limit
        return await self.pool.fetch(sql.PAGE, limit + 1, int(query.get("offset", 0))), limit

    async def register(self, body: bytes) -> Answer:
        new = orjson.loads(body)
        email, name, now = new["email"].lower(), new["name"], datetime.now(UTC)
        try:
            row = await self.pool.fetchrow(sql.CREATE, uuid7(), email, name, now)
        except asyncpg.UniqueViolationError:
            return 409, b"{}"
        assert row
        return 201, as_json(user_of(row))

    async def store_posts(self, author_id: UUID, body: bytes) -> Answer:
        """By COPY, the fastest way in that PostgreSQL has."""
        posts, now = orjson.loads(body)["posts"], datetime.now(UTC)
        records = ((uuid7(), author_id, p["title"], p["body"], now, now) for p in posts)
        await self.pool.copy_records_to_table("posts", records=records, columns=sql.POST_COLUMNS)
        return 201, as_json({"count": len(posts)})


async def leave_as_it_is(_: object) -> None:
    """Nothing here changes a connection, and `RESET ALL` is a round trip more."""


async def read_body(receive: Any) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


def user_of(row: asyncpg.Record) -> dict[str, Any]:
    return {**row, "id": str(row["id"])}


def post_of(row: asyncpg.Record) -> dict[str, Any]:
    return {**row, "id": str(row["id"]), "author_id": str(row["author_id"])}


def page_of(found: list[dict[str, Any]], limit: int) -> bytes:
    items = found[:limit]
    following = items[-1]["id"] if len(found) > limit else None
    return as_json({"items": items, "next": following, "total": None})


def as_json(value: dict[str, Any] | Iterable[Any]) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


app = Limit()
