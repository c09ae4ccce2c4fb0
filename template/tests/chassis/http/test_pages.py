"""Pages of long lists."""

import httpx2
import pytest

from ..things.factory import URL, make_box


async def test_pages_behind_each_other_show_everybody_once(client: httpx2.AsyncClient) -> None:
    boxes = [await make_box(client) for _ in range(5)]
    seen, query = [], {"limit": "2"}

    while True:
        page = (await client.get(URL, params=query)).json()
        seen += page["items"]
        if page["next"] is None:
            break
        query["after"] = page["next"]

    assert seen == boxes


async def test_a_page_is_not_moved_by_what_changes_before_it(client: httpx2.AsyncClient) -> None:
    boxes = [await make_box(client) for _ in range(4)]
    first = (await client.get(URL, params={"limit": 2})).json()

    await client.delete(f"{URL}/{boxes[0]['id']}")
    second = (await client.get(URL, params={"limit": 2, "after": first["next"]})).json()

    assert second["items"] == boxes[2:]


async def test_a_page_by_offset_tells_the_total(client: httpx2.AsyncClient) -> None:
    boxes = [await make_box(client) for _ in range(5)]

    page = (await client.get(URL, params={"limit": 2, "offset": 2})).json()

    assert page == {"items": boxes[2:4], "next": boxes[3]["id"], "total": 5}


async def test_only_a_page_by_offset_pays_for_the_total(client: httpx2.AsyncClient) -> None:
    await make_box(client)

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
async def test_pages_are_bounded(client: httpx2.AsyncClient, query: dict[str, str | int]) -> None:
    response = await client.get(URL, params=query)

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"][0] == "query"
