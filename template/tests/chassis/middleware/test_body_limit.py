"""Bodies that are too large, however they are sent."""

from collections.abc import AsyncGenerator

import httpx2
import pytest
from starlette.types import Message, Receive, Scope, Send

from app.chassis.middleware.body_limit import BodyLimit

LIMIT = 10


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


async def status_of(version: str, *headers: tuple[bytes, bytes], body: bytes) -> int:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "http_version": version, "headers": [*headers]}
    await BodyLimit(echo, max_body_size=LIMIT)(scope, receive, send)
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize("header", [(b"content-length", b"11"), (b"transfer-encoding", b"chunked")])
async def test_an_announced_body_is_measured(header: tuple[bytes, bytes]) -> None:
    assert await status_of("1.1", header, body=b"x" * 11) == 413


LENGTHS = {
    "none": [],
    "what it is": [b"{}"],
    "equal ones": [b"{}", b"{}"],
    "a list of equal ones": [b"{}, {}"],
    "different ones": [b"1", b"99"],
    "a sign": [b"+{}"],
    "below nothing": [b"-1"],
    "digits apart": [b"1_0"],
    "no digits": [b"ten"],
    "digits of another script": [b"\xd9\xa1\xd9\xa0"],
    "of base 16": [b"0xa"],
    "a fraction": [b"1e1"],
    "nothing": [b""],
    "zeros": [b"000{}"],
    "too many digits": [b"9" * 5_000],
}


@pytest.mark.parametrize("lines", LENGTHS.values(), ids=LENGTHS.keys())
async def test_no_length_lets_more_in(lines: list[bytes]) -> None:
    """What is announced may refuse a body, but only what has come decides. (Servers refuse what RFC
    9110, section 8.6 doesn't know.)"""
    for size, expected in ((LIMIT, 200), (LIMIT + 1, 413)):
        announced = [(b"content-length", line.replace(b"{}", b"%d" % size)) for line in lines]
        chunked = [] if announced else [(b"transfer-encoding", b"chunked")]
        assert await status_of("1.1", *announced, *chunked, body=b"x" * size) == expected


async def test_http_2_need_not_announce_a_body() -> None:
    assert await status_of("2", body=b"x" * 11) == 413
    assert await status_of("2", body=b"x" * 10) == 200


async def test_a_request_without_a_body_costs_nothing() -> None:
    assert await status_of("1.1", body=b"") == 200


async def test_a_stream_is_cut_off(client: httpx2.AsyncClient) -> None:
    async def endless() -> AsyncGenerator[bytes]:
        while True:
            yield b" " * 65_536

    response = await client.post("/api/v1/boxes", content=endless())

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
