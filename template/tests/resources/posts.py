"""Posts: each call makes a new one, arguments say what matters to the test."""

from itertools import count
from typing import Any

import httpx2

from ..chassis.yours.seeds import Known, Seeds

_number = count(1)


def post_body(**given: Any) -> dict[str, Any]:
    return {"title": f"Post {next(_number)}", "body": "Some text."} | given


async def publish(client: httpx2.AsyncClient, author_id: str, **given: Any) -> dict[str, Any]:
    """A post, made over HTTP, as it was answered."""
    body = post_body(author_id=author_id, **given)
    response = await client.post("/api/v1/posts", json=body)
    assert response.status_code == 201, response.text
    post: dict[str, Any] = response.json()
    return post


async def some_author(_: httpx2.AsyncClient, known: Known) -> str:
    return await known.id_of("user_id")


async def some_post(client: httpx2.AsyncClient, known: Known) -> str:
    """Of the same author."""
    post_id: str = (await publish(client, await known.id_of("author_id")))["id"]
    return post_id


SEEDS: Seeds = {"author_id": some_author, "post_id": some_post}
