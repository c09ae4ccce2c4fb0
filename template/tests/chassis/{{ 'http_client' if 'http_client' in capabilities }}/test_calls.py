"""What is sent to another service, and what of its answer is given back."""

import gzip

import pytest
from pydantic import BaseModel

from app.chassis.parts.http_client.errors import AddressRefused, UpstreamUnavailable

from .peer import Asked, Line, calling, peer, statuses


class Thing(BaseModel):
    name: str
    number: int


async def test_a_call_is_sent_as_it_is_meant() -> None:
    async with peer(statuses(201)) as there, calling() as http:
        thing = Thing(name="a&b", number=1)
        headers = {"Authorization": "Bearer it"}

        await http.fetch("post", f"{there.url}x", params={"q": "a&b"}, headers=headers, json=thing)

    (asked,) = there.asked
    assert (asked.method, asked.target) == ("POST", "/x?q=a%26b")
    assert asked.headers["authorization"] == "Bearer it"
    assert asked.headers["content-type"] == "application/json"
    assert asked.body == b'{"name":"a&b","number":1}'


@pytest.mark.parametrize("status", [200, 404, 418])
async def test_the_answer_is_given_back_whatever_its_status(status: int) -> None:
    async with peer(statuses(status, X_Own="1")) as there, calling() as http:
        answer = await http.fetch("GET", there.url)

    assert (answer.status, answer.body, answer.headers["x-own"]) == (status, b"it", "1")
    assert answer.is_ok == (status == 200)


async def test_a_body_is_read_as_what_was_agreed_on() -> None:
    bodies = [b'{"name": "it", "number": 3}', b'{"name": "secret"}', b"secret"]

    async def does(_: Asked, line: Line) -> None:
        await line.answer(200, bodies.pop(0))

    async with peer(does) as there, calling() as http:
        good, *others = [await http.fetch("GET", there.url) for _ in range(3)]

    assert good.read_as(Thing) == Thing(name="it", number=3)
    for other in others:
        with pytest.raises(UpstreamUnavailable) as raised:
            other.read_as(Thing)
        assert "secret" not in str(raised.value)
        assert raised.value.__cause__ is None


async def test_what_was_compressed_is_not_any_more() -> None:
    async def does(asked: Asked, line: Line) -> None:
        assert asked.headers["accept-encoding"] == "gzip"
        packed = gzip.compress(b"one, ") + gzip.compress(b"two")
        await line.answer(200, packed, Content_Encoding="gzip")

    async with peer(does) as there, calling() as http:
        assert (await http.fetch("GET", there.url)).body == b"one, two"


@pytest.mark.parametrize("coding", ["gzip", "br"])
async def test_what_is_compressed_in_another_way_is_no_answer(coding: str) -> None:
    async def does(_: Asked, line: Line) -> None:
        await line.answer(200, gzip.compress(b"it")[:-9], Content_Encoding=coding)

    async with peer(does) as there, calling() as http:
        with pytest.raises(UpstreamUnavailable):
            await http.fetch("GET", there.url)

    assert len(there.asked) == 1


async def test_callers_do_not_share_cookies() -> None:
    async with peer(statuses(200, Set_Cookie="who=you")) as there, calling() as http:
        for _ in range(2):
            await http.fetch("GET", there.url)

    assert not any("cookie" in asked.headers for asked in there.asked)


async def test_connections_are_kept() -> None:
    async with peer(statuses(200)) as there, calling() as http:
        for _ in range(3):
            await http.fetch("GET", there.url)

        assert (len(there.asked), there.opened) == (3, 1)


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://it/", "http://", "it", "http://[x/", "http://it:x/"),
        *(f"http://{'a' * 64}.example/", "http://it..example/"),
    ],
)
async def test_what_is_no_url_is_refused(url: str) -> None:
    async with calling() as http:
        with pytest.raises(AddressRefused):
            await http.fetch("GET", url)


async def test_proxies_of_the_environment_are_for_those_who_say_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with peer(statuses(200)) as there, peer(statuses(200)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        async with calling() as http:
            await http.fetch("GET", there.url)
        async with calling(proxy_variables=True) as http:
            await http.fetch("GET", there.url)

    assert (len(there.asked), len(proxy.asked)) == (1, 1)
