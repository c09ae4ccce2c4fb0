"""Pages of long lists."""

import httpx2
import pytest

from ...resources.users import register

URL = "/api/v1/users"


async def test_pages_behind_each_other_show_everybody_once(client: httpx2.AsyncClient) -> None:
    users = [await register(client) for _ in range(5)]
    seen, query = [], {"limit": "2"}

    while True:
        page = (await client.get(URL, params=query)).json()
        seen += page["items"]
        if page["next"] is None:
            break
        query["after"] = page["next"]

    assert seen == users


async def test_a_page_is_not_moved_by_what_changes_before_it(client: httpx2.AsyncClient) -> None:
    users = [await register(client) for _ in range(4)]
    first = (await client.get(URL, params={"limit": 2})).json()

    await client.delete(f"{URL}/{users[0]['id']}")
    second = (await client.get(URL, params={"limit": 2, "after": first["next"]})).json()

    assert second["items"] == users[2:]


async def test_a_page_by_offset_tells_the_total(client: httpx2.AsyncClient) -> None:
    users = [await register(client) for _ in range(5)]

    page = (await client.get(URL, params={"limit": 2, "offset": 2})).json()

    assert page == {"items": users[2:4], "next": users[3]["id"], "total": 5}


async def test_only_a_page_by_offset_pays_for_the_total(client: httpx2.AsyncClient) -> None:
    await register(client)

    assert (await client.get(URL)).json()["total"] is None


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": 101},
        {"limit": 2**64},
        {"offset": -1},
        {"offset": 2**63},
        {"after": "yesterday"},
        {"after": "01890000-0000-7000-8000-000000000000", "offset": 0},
    ],
    ids=str,
)
@pytest.mark.parametrize("url", [URL, f"{URL}/with-posts", "/api/v1/posts"])
async def test_pages_are_bounded(
    client: httpx2.AsyncClient, url: str, query: dict[str, str | int]
) -> None:
    response = await client.get(url, params=query)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][0] == "query"
