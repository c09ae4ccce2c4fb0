"""Users over HTTP."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import httpx2
import pytest

from ..resources.users import register, user_body

URL = "/api/v1/users"


async def test_a_registered_user_is_found_where_the_answer_says(client: httpx2.AsyncClient) -> None:
    response = await client.post(URL, json=user_body(name="Grace Hopper"))

    assert response.status_code == 201
    found = await client.get(response.headers["location"])
    assert found.json() == response.json()
    assert found.json()["name"] == "Grace Hopper"
    assert UUID(found.json()["id"]).version == 7
    assert found.json()["updated_at"] == found.json()["created_at"]


async def test_a_taken_email_conflicts_in_any_spelling(client: httpx2.AsyncClient) -> None:
    await register(client, email="ada@example.org")

    response = await client.post(URL, json=user_body(email="ADA@Example.org"))

    assert response.status_code == 409
    assert response.json()["type"] == "urn:problem-type:email-taken"


@pytest.mark.parametrize("spellings", [["ada@example.org"], ["Ada@example.org", "aDA@EXAMPLE.ORG"]])
async def test_of_many_registrations_of_one_email_one_wins(
    client: httpx2.AsyncClient, spellings: list[str]
) -> None:
    bodies = [user_body(email=email) for email in spellings * (12 // len(spellings))]

    async with asyncio.TaskGroup() as tasks:
        racing = [tasks.create_task(client.post(URL, json=body)) for body in bodies]

    assert Counter(task.result().status_code for task in racing) == {201: 1, 409: 11}
    assert len((await client.get(URL)).json()["items"]) == 1


async def test_of_many_changes_to_one_email_one_wins(client: httpx2.AsyncClient) -> None:
    users = [await register(client) for _ in range(8)]

    async with asyncio.TaskGroup() as tasks:
        racing = [
            tasks.create_task(client.patch(f"{URL}/{user['id']}", json={"email": email}))
            for user, email in zip(users, ["ada@example.org", "ADA@example.org"] * 4, strict=True)
        ]

    assert Counter(task.result().status_code for task in racing) == {200: 1, 409: 7}


async def test_a_change_leaves_out_what_it_does_not_name(client: httpx2.AsyncClient) -> None:
    user = await register(client, name="Ada")

    response = await client.patch(f"{URL}/{user['id']}", json={"name": "Ada Lovelace"})

    changed = response.json()
    assert changed["name"] == "Ada Lovelace"
    assert changed["email"] == user["email"]
    assert changed["updated_at"] > user["updated_at"]
    assert (await client.get(f"{URL}/{user['id']}")).json() == changed


async def test_a_change_to_a_taken_email_conflicts(client: httpx2.AsyncClient) -> None:
    ada, grace = await register(client), await register(client)

    response = await client.patch(f"{URL}/{grace['id']}", json={"email": ada["email"]})

    assert response.status_code == 409
    assert response.json()["type"] == "urn:problem-type:email-taken"
    assert (await client.get(f"{URL}/{grace['id']}")).json() == grace


@pytest.mark.parametrize(
    "body",
    [
        {"name": None},
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 101},
        {"name": "a\x00b"},
        {"email": "nobody"},
        {"nmae": "Ada"},
    ],
    ids=str,
)
async def test_what_can_not_be_stored_is_refused(
    client: httpx2.AsyncClient, body: dict[str, object]
) -> None:
    user = await register(client)

    change = await client.patch(f"{URL}/{user['id']}", json=body)
    creation = await client.post(URL, json=user_body() | body)

    assert (change.status_code, creation.status_code) == (422, 422)
    # Told by the schema: the database would not know what it is about.
    assert change.json()["errors"]
    assert creation.json()["errors"]


async def test_a_removed_user_is_gone(client: httpx2.AsyncClient) -> None:
    user, other = await register(client), await register(client)

    response = await client.delete(f"{URL}/{user['id']}")

    assert response.status_code == 204
    assert (await client.get(f"{URL}/{user['id']}")).status_code == 404
    assert (await client.get(f"{URL}/{other['id']}")).json() == other


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_user_is_not_found(client: httpx2.AsyncClient, method: str) -> None:
    body: dict[str, str] | None = {} if method == "PATCH" else None

    response = await client.request(method, f"{URL}/{uuid4()}", json=body)

    assert response.status_code == 404
    assert response.json()["type"] == "urn:problem-type:user-not-found"
