"""${r.several.capitalize()} over HTTP."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest

from ..chassis.yours.seeds import Known
% if owner and has_rules:
from app.chassis.db.database import Database
from ..chassis.running import Running
from ..resources.accounts import person
% endif
from ..resources.${r.plural} import create_${r.name}, ${r.name}_body

URL = "${r.url}"

% if changes:
CHANGES: list[tuple[str, Any]] = [
% for f, other in changes:
    ("${f.column}", ${other}),
% endfor
]

% endif
ODD: list[tuple[str, list[Any]]] = [
% for f in r.fields:
    ("${f.column}", [${", ".join(wrong(f))}]),
% endfor
]


async def test_${a_name}_is_found_where_the_answer_says(client: httpx2.AsyncClient) -> None:
    body = await ${r.name}_body(Known(client))

    response = await client.post(URL, json=body)

    assert response.status_code == 201
    found = (await client.get(response.headers["location"])).json()
    assert found == response.json()
    assert {name: found[name] for name in body} == body


% if changes:
@pytest.mark.parametrize(("name", "value"), CHANGES)
async def test_a_change_keeps_what_it_leaves_out(client: httpx2.AsyncClient, name: str, value: Any) -> None:
    before = await create_${r.name}(client)

    changed = (await client.patch(f"{URL}/{before['id']}", json={name: value})).json()

    assert changed == {**before, name: value, "updated_at": changed["updated_at"]}
    assert (await client.get(f"{URL}/{before['id']}")).json() == changed


% endif
@pytest.mark.parametrize(("name", "values"), ODD, ids=[name for name, _ in ODD])
async def test_what_no_client_means_is_refused(client: httpx2.AsyncClient, name: str, values: list[Any]) -> None:
    known = Known(client)
    url = f"{URL}/{await known.id_of('${r.name}_id')}"

    for value in values:
        creation = await client.post(URL, json=await ${r.name}_body(known, **{name: value}))
        change = await client.patch(url, json={name: value})

        for response in (creation, change):
            assert response.status_code == 422, value
            assert response.json()["errors"][0]["loc"][:2] == ["body", name]


async def test_${a_name}_can_be_removed(client: httpx2.AsyncClient) -> None:
    ${r.name}, kept = await create_${r.name}(client), await create_${r.name}(client)

    response = await client.delete(f"{URL}/{${r.name}['id']}")

    assert response.status_code == 204
    assert (await client.get(URL)).json()["items"] == [kept]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_an_unknown_${r.name}_is_not_found(client: httpx2.AsyncClient, method: str) -> None:
    body: dict[str, str] | None = {} if method == "PATCH" else None

    response = await client.request(method, f"{URL}/{uuid4()}", json=body)

    assert response.status_code == 404
    assert response.json()["type"] == "urn:problem-type:${kebab}-not-found"


async def all_pages(client: httpx2.AsyncClient, sort: str) -> list[dict[str, Any]]:
    """Each behind the last of the one before."""
    seen: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 2, "sort": sort}
    for _ in range(5):
        page = (await client.get(URL, params=query)).json()
        seen += page["items"]
        if page["next"] is None:
            break
        query["after"] = page["next"]
    return seen


async def test_pages_show_each_once_in_order_of_creation(client: httpx2.AsyncClient) -> None:
    created = [await create_${r.name}(client) for _ in range(5)]

    assert await all_pages(client, "id") == created
    assert await all_pages(client, "-id") == created[::-1]


% if sorts:
@pytest.mark.parametrize(("name", "greatest"), [${", ".join(f'("{f.column}", {samples(f)[1]})' for f in sorts)}])
async def test_they_are_sorted_page_by_page(client: httpx2.AsyncClient, name: str, greatest: Any) -> None:
    last = await create_${r.name}(client, **{name: greatest})
    others = [await create_${r.name}(client) for _ in range(4)]

    up, down = await all_pages(client, name), await all_pages(client, f"-{name}")

    assert up[-1] == down[0] == last
    assert up == down[::-1]
    assert sorted(up[:-1], key=lambda one: str(one["id"])) == others


async def test_a_page_behind_a_removed_${r.name}_is_lost(client: httpx2.AsyncClient) -> None:
    """Nobody knows any more where it was."""
    ${r.name} = await create_${r.name}(client)
    await client.delete(f"{URL}/{${r.name}['id']}")

    query = {"after": ${r.name}["id"], "sort": "${sorts[0].column}"}
    response = await client.get(URL, params=query)

    assert response.status_code == 409
    assert response.json()["type"] == "urn:problem-type:page-lost"


% endif
async def test_a_page_by_offset_tells_the_total(client: httpx2.AsyncClient) -> None:
    created = [await create_${r.name}(client) for _ in range(3)]

    page = (await client.get(URL, params={"limit": 1, "offset": 1})).json()

    assert page == {"items": created[1:2], "next": created[1]["id"], "total": 3}


% if filters:
@pytest.mark.parametrize(("name", "value"), [${", ".join(f'("{f.column}", {samples(f)[1]})' for f in filters)}])
async def test_those_with_a_value_can_be_asked_for(client: httpx2.AsyncClient, name: str, value: Any) -> None:
    await create_${r.name}(client)
    wanted = await create_${r.name}(client, **{name: value})

    page = (await client.get(URL, params={name: value, "offset": 0})).json()

    assert page["items"] == [wanted]
    assert page["total"] == 1


% endif
% if ranges:
@pytest.mark.parametrize(("name", "greater"), [${", ".join(f'("{f.column}", {samples(f)[1]})' for f in ranges)}])
async def test_those_within_a_range_can_be_asked_for(client: httpx2.AsyncClient, name: str, greater: Any) -> None:
    one = await create_${r.name}(client)
    other = await create_${r.name}(client, **{name: greater})

    async def within(**ends: Any) -> list[dict[str, Any]]:
        query = {f"{name}_{end}": value for end, value in ends.items()}
        page = (await client.get(URL, params=query | {"offset": 0})).json()
        assert page["total"] == len(page["items"])
        items: list[dict[str, Any]] = page["items"]
        return items

    assert await within(to=one[name]) == [one]
    assert await within(**{"from": greater}) == [other]
    assert await within(**{"from": one[name], "to": greater}) == [one, other]


% endif
@pytest.mark.parametrize(("name", "value"), [("sort", "updated_at"), ("unknown", "1")])
async def test_no_other_order_or_filter_is_taken(client: httpx2.AsyncClient, name: str, value: str) -> None:
    """Else everything would read like an answer to it."""
    response = await client.get(URL, params={name: value})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["query", name]
% if plainly_unique:


@pytest.mark.parametrize(("name", "problem"), [${", ".join(f'("{f.column}", "{kebab}-{f.name.replace("_", "-")}-taken")' for f in plainly_unique)}])
async def test_what_is_taken_conflicts(client: httpx2.AsyncClient, name: str, problem: str) -> None:
    one, other = await create_${r.name}(client), await create_${r.name}(client)

    creation = await client.post(URL, json=await ${r.name}_body(Known(client), **{name: one[name]}))
    change = await client.patch(f"{URL}/{other['id']}", json={name: one[name]})

    assert (creation.status_code, change.status_code) == (409, 409)
    assert creation.json()["type"] == change.json()["type"] == f"urn:problem-type:{problem}"
% endif
% if r.refs:


@pytest.mark.parametrize("name", [${", ".join(f'"{f.column}"' for f in r.refs)}])
async def test_those_that_refer_to_something_can_be_asked_for(client: httpx2.AsyncClient, name: str) -> None:
    await create_${r.name}(client)
    given: dict[str, Any] = {name: await Known(client).id_of(name)}
    wanted = await create_${r.name}(client, **given)

    page = (await client.get(URL, params={name: wanted[name]})).json()

    assert page["items"] == [wanted]


@pytest.mark.parametrize(("name", "problem"), [${", ".join(f'("{f.column}", "{f.target.replace("_", "-")}-not-found")' for f in r.refs)}])
async def test_what_it_refers_to_must_exist(client: httpx2.AsyncClient, name: str, problem: str) -> None:
    body = await ${r.name}_body(Known(client), **{name: str(uuid4())})

    response = await client.post(URL, json=body)

    assert response.status_code == 404
    assert response.json()["type"] == f"urn:problem-type:{problem}"
% endif
% if refs_to_change:


@pytest.mark.parametrize("name", [${", ".join(f'"{f.column}"' for f in refs_to_change)}])
async def test_it_can_refer_to_something_else(client: httpx2.AsyncClient, name: str) -> None:
    ${r.name}, other_id = await create_${r.name}(client), await Known(client).id_of(name)
    url = f"{URL}/{${r.name}['id']}"

    changed = await client.patch(url, json={name: other_id})
    missing = await client.patch(url, json={name: str(uuid4())})

    assert changed.json()[name] == other_id
    assert missing.status_code == 404
    assert (await client.get(url)).json()[name] == other_id
% endif
% for f in removable:


async def test_a_removed_${f.name}_${fates[f.at_deletion]}(client: httpx2.AsyncClient) -> None:
    ${f.column} = await Known(client).id_of("${f.column}")
    ${r.name} = await create_${r.name}(client, ${f.column}=${f.column})

    response = await client.delete(f"/api/v1/${tables[f.target].replace('_', '-')}/{${f.column}}")

    found = await client.get(f"{URL}/{${r.name}['id']}")
% if f.at_deletion == "RESTRICT":
    assert response.status_code == 409
    assert found.json() == ${r.name}
% elif f.at_deletion == "CASCADE":
    assert response.status_code == 204
    assert found.status_code == 404
% else:
    assert response.status_code == 204
    assert found.json() == {**${r.name}, "${f.column}": None}
% endif
% endfor
% if owner and has_rules:


async def test_who_owns_them_may_ask_for_them(closed_service: Running, database: Database) -> None:
    owner, other = await person(closed_service), await person(closed_service)

    async def status(params: dict[str, str], headers: dict[str, str]) -> int:
        return (await closed_service.client.get(URL, params=params, headers=headers)).status_code

    own = {"${owner.column}": str(owner.id)}
    assert await status(own, owner.headers) == 200
    assert await status(own, other.headers) == 403
    assert await status({}, owner.headers) == 403
% endif
