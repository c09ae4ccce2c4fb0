"""A reference: plain FastAPI on asyncpg's own pool, without middleware, layers or logs."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import UUID

import asyncpg
from fastapi import Body, Depends, FastAPI, HTTPException, Request
from uuid_utils.compat import uuid7

from benchmarks import sql
from benchmarks.schemas import (
    Limit,
    Page,
    PageWithPosts,
    PostIn,
    PostOut,
    UserIn,
    UserOut,
    UserWithPosts,
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
    size = int(os.environ["BENCH_POOL"])
    async with asyncpg.create_pool(os.environ["BENCH_URL"], max_size=size) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


async def get_pool(request: Request) -> Any:
    return request.app.state.pool


Pool = Annotated[Any, Depends(get_pool)]


@app.get("/health/live")
async def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/v1/users")
async def list_users(pool: Pool, limit: Limit = 20) -> Page:
    rows, following = await page(pool, limit)
    return Page(items=[UserOut(**row) for row in rows], next=following)


@app.get("/api/v1/users/with-posts")
async def list_with_posts(pool: Pool, limit: Limit = 20) -> PageWithPosts:
    rows, following = await page(pool, limit)
    posts: dict[UUID, list[PostOut]] = {row["id"]: [] for row in rows}
    for post in await pool.fetch(sql.LATEST_POSTS, list(posts)):
        posts[post["author_id"]].append(PostOut(**post))
    users = [UserWithPosts(**row, latest_posts=posts[row["id"]]) for row in rows]
    return PageWithPosts(items=users, next=following)


@app.get("/api/v1/users/{user_id}")
async def read_user(pool: Pool, user_id: UUID) -> UserOut:
    row = await pool.fetchrow(sql.READ, user_id)
    if row is None:
        raise HTTPException(404)
    return UserOut(**row)


@app.post("/api/v1/users", status_code=201)
async def create_user(pool: Pool, new: UserIn) -> UserOut:
    now = datetime.now(UTC)
    try:
        row = await pool.fetchrow(sql.CREATE, uuid7(), new.email.lower(), new.name, now)
    except asyncpg.UniqueViolationError:
        raise HTTPException(409) from None
    return UserOut(**row)


@app.post("/api/v1/users/{user_id}/posts/import", status_code=201)
async def import_posts(
    pool: Pool, user_id: UUID, posts: Annotated[list[PostIn], Body(embed=True)]
) -> dict[str, int]:
    now = datetime.now(UTC)
    records = [(uuid7(), user_id, post.title, post.body, now, now) for post in posts]
    await pool.copy_records_to_table("posts", records=records, columns=sql.POST_COLUMNS)
    return {"count": len(posts)}


async def page(pool: Any, limit: int) -> tuple[list[asyncpg.Record], UUID | None]:
    found = await pool.fetch(sql.PAGE, limit + 1, 0)
    rows = cast("list[asyncpg.Record]", found[:limit])
    return rows, rows[-1]["id"] if len(found) > limit else None
