"""What tests put in: each call makes something new, arguments say what matters to the test."""

from itertools import count
from typing import Any

import httpx2

from app.chassis.db.database import Database
from app.db.models.post import Post
from app.db.models.user import User

_number = count(1)


def user_body(**given: Any) -> dict[str, Any]:
    return {"email": f"user{next(_number)}@example.org", "name": "Ada Lovelace"} | given


def post_body(**given: Any) -> dict[str, Any]:
    return {"title": f"Post {next(_number)}", "body": "Some text."} | given


async def register(client: httpx2.AsyncClient, **given: Any) -> dict[str, Any]:
    """A user, made over HTTP, as it was answered."""
    response = await client.post("/api/v1/users", json=user_body(**given))
    assert response.status_code == 201, response.text
    user: dict[str, Any] = response.json()
    return user


async def publish(client: httpx2.AsyncClient, author_id: str, **given: Any) -> dict[str, Any]:
    """A post, made over HTTP, as it was answered."""
    body = post_body(author_id=author_id, **given)
    response = await client.post("/api/v1/posts", json=body)
    assert response.status_code == 201, response.text
    post: dict[str, Any] = response.json()
    return post


async def store_user(database: Database, posts: int = 0) -> User:
    """A user with some posts, straight into the database."""
    user = User(**user_body())
    user.posts = [Post(**post_body()) for _ in range(posts)]
    async with database.transaction() as session:
        session.add(user)
    return user
