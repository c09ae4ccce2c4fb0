"""Posts over HTTP."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from app.services.posts import LATEST_POSTS

from ..resources.posts import post_body, publish
from ..resources.users import register

URL = "/api/v1/posts"


async def test_a_published_post_is_found_where_the_answer_says(client: httpx2.AsyncClient) -> None:
    author = await register(client)
    body = post_body(author_id=author["id"])

    response = await client.post(URL, json=body)

    assert response.status_code == 201
    found = (await client.get(response.headers["location"])).json()
    assert found == response.json()
    assert {name: found[name] for name in body} == body


async def test_a_post_needs_an_author(client: httpx2.AsyncClient) -> None:
    response = await client.post(URL, json=post_body(author_id=str(uuid4())))

    assert response.status_code == 404
    assert response.json()["type"] == "urn:problem-type:user-not-found"


async def test_a_post_can_be_changed_and_removed(client: httpx2.AsyncClient) -> None:
    post = await publish(client, (await register(client))["id"])

    changed = await client.patch(f"{URL}/{post['id']}", json={"title": "Better"})
    removed = await client.delete(f"{URL}/{post['id']}")

    assert changed.json() | {"title": post["title"], "updated_at": post["updated_at"]} == post
    assert removed.status_code == 204
    assert (await client.get(f"{URL}/{post['id']}")).status_code == 404


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_post_is_not_found(client: httpx2.AsyncClient, method: str) -> None:
    body: dict[str, str] | None = {} if method == "PATCH" else None

    response = await client.request(method, f"{URL}/{uuid4()}", json=body)

    assert response.status_code == 404
    assert response.json()["type"] == "urn:problem-type:post-not-found"


async def test_the_posts_of_a_user_are_listed_page_by_page(client: httpx2.AsyncClient) -> None:
    author, other = await register(client), await register(client)
    posts = [await publish(client, author["id"]) for _ in range(3)]
    await publish(client, other["id"])
    url = f"/api/v1/users/{author['id']}/posts"

    first = (await client.get(url, params={"limit": 2})).json()
    second = (await client.get(url, params={"limit": 2, "after": first["next"]})).json()

    assert first["items"] + second["items"] == posts
    assert second["next"] is None
    assert (await client.get(f"/api/v1/users/{uuid4()}/posts")).status_code == 404


async def test_an_import_stores_every_post(client: httpx2.AsyncClient) -> None:
    author = await register(client)
    body: dict[str, Any] = {"posts": [post_body(body="x" * 1000) for _ in range(2500)]}

    response = await client.post(f"/api/v1/users/{author['id']}/posts/import", json=body)

    assert response.json() == {"count": 2500}, "its body is larger than other routes take"
    page = (await client.get(URL, params={"offset": 2499})).json()
    assert page["total"] == 2500
    assert page["items"][0]["title"] == body["posts"][-1]["title"]


async def test_an_import_with_one_bad_post_stores_none(client: httpx2.AsyncClient) -> None:
    author = await register(client)
    body = {"posts": [post_body(), post_body(title="")]}

    response = await client.post(f"/api/v1/users/{author['id']}/posts/import", json=body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "posts", 1, "title"]
    assert (await client.get(URL)).json()["items"] == []


async def test_an_import_is_bounded(client: httpx2.AsyncClient) -> None:
    url = f"/api/v1/users/{uuid4()}/posts/import"

    nothing = await client.post(url, json={"posts": []})
    too_many = await client.post(url, json={"posts": [post_body()] * 10_001})

    assert (nothing.status_code, too_many.status_code) == (422, 422)


async def test_the_posts_of_a_removed_user_are_gone(client: httpx2.AsyncClient) -> None:
    user, other = await register(client), await register(client)
    post, kept = await publish(client, user["id"]), await publish(client, other["id"])

    response = await client.delete(f"/api/v1/users/{user['id']}")

    assert response.status_code == 204
    assert (await client.get(f"{URL}/{post['id']}")).status_code == 404
    assert (await client.get(f"{URL}/{kept['id']}")).status_code == 200


async def test_users_come_with_their_own_latest_posts(client: httpx2.AsyncClient) -> None:
    users = [await register(client) for _ in range(3)]
    posts = [await publish(client, users[0]["id"]) for _ in range(LATEST_POSTS + 2)]
    await publish(client, users[2]["id"])

    page = (await client.get("/api/v1/users/with-posts", params={"limit": 2})).json()

    assert [user["id"] for user in page["items"]] == [users[0]["id"], users[1]["id"]]
    assert page["items"][0]["latest_posts"] == posts[:1:-1]
    assert page["items"][1]["latest_posts"] == []
    assert page["next"] == users[1]["id"]
