"""The field `Content-Type` of a request (RFC 9110, section 8.3)."""

import httpx2
import pytest

from ..things.factory import URL, box_body

JSON = "application/json"


@pytest.mark.parametrize(
    "lines",
    [
        [JSON],
        [JSON.upper()],
        [f"{JSON};charset=utf-8"],
        [f'{JSON} ; Charset="UTF-8"'],
        [f"{JSON};"],
        [f"{JSON}; charset=latin-1"],  # JSON is UTF-8 whatever it says (RFC 8259, section 11)
        ["application/vnd.api+json"],
        ["Application/Merge-Patch+JSON"],
        [JSON, "text/plain"],
    ],
    ids=str,
)
async def test_json_is_read(client: httpx2.AsyncClient, lines: list[str]) -> None:
    assert await status(client, lines) == 201


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [""],
        [";"],
        ["text/plain"],
        ["text/json"],
        ["json"],
        ["application/"],
        ["/json"],
        ["application/ json"],
        ["application/jsonp"],
        ["application/json/x"],
        ["application/x/y+json"],
        [f"text/plain; {JSON}"],
        [f"{JSON}, text/plain"],
        [f"text/plain, {JSON}"],
        ["text/plain", JSON],
        ["application/x-www-form-urlencoded"],
        ["multipart/form-data; boundary=x"],
    ],
    ids=str,
)
async def test_anything_else_is_refused(client: httpx2.AsyncClient, lines: list[str]) -> None:
    assert await status(client, lines) == 415


async def status(client: httpx2.AsyncClient, lines: list[str]) -> int:
    request = client.build_request("POST", URL, json=box_body())
    del request.headers["content-type"]
    given = [*request.headers.multi_items(), *(("content-type", line) for line in lines)]
    content = await request.aread()
    return (
        await client.send(httpx2.Request("POST", request.url, headers=given, content=content))
    ).status_code
