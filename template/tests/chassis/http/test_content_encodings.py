"""The field `Content-Encoding` of a request (RFC 9110, section 8.4): bodies come as they are."""

import gzip

import httpx2
import pytest

from ..things.factory import URL, box_body


async def post(client: httpx2.AsyncClient, lines: list[str], *, packed: bool) -> httpx2.Response:
    request = client.build_request("POST", URL, json=box_body())
    content = await request.aread()
    content = gzip.compress(content) if packed else content
    del request.headers["content-length"]
    given = [*request.headers.multi_items(), *(("content-encoding", line) for line in lines)]
    return await client.send(
        httpx2.Request("POST", request.url, headers=given, content=content),
    )


@pytest.mark.parametrize("lines", [[], [""], ["identity"], ["Identity"], ["identity", ""]], ids=str)
async def test_a_body_as_it_is_is_read(client: httpx2.AsyncClient, lines: list[str]) -> None:
    assert (await post(client, lines, packed=False)).status_code == 201


@pytest.mark.parametrize(
    "lines",
    [
        ["gzip"],
        ["GZIP"],
        ["x-gzip"],
        ["br"],
        ["gzip", "identity"],
        ["identity", "gzip"],
        ["identity, gzip"],
        ["nonsense"],
    ],
    ids=str,
)
async def test_any_other_is_refused(client: httpx2.AsyncClient, lines: list[str]) -> None:
    answer = await post(client, lines, packed=True)

    assert answer.status_code == 415
    assert answer.headers["accept-encoding"] == "identity"
    assert "Content-Encoding" in answer.json()["detail"]
