"""Where another service sends a call, and what goes there."""

import pytest
from yarl import URL

from app.chassis.parts.http_client.errors import UpstreamUnavailable
from app.chassis.parts.http_client.redirects import Hop, SendsElsewhere

from .peer import Asked, Does, Line, calling, peer, statuses

SECRETS = {"Authorization": "Bearer it", "Cookie": "it", "X-Api-Key": "it", "Accept": "text/plain"}


def sends(status: int, where: str) -> Does:
    """Whoever asks for `/` there."""

    async def does(asked: Asked, line: Line) -> None:
        if asked.target == "/":
            await line.answer(status, Location=where)
        else:
            await line.answer(200, asked.method.encode() if asked.method == "GET" else b"")

    return does


async def test_a_redirect_is_an_answer_unless_it_is_to_be_followed() -> None:
    async with peer(sends(302, "/there")) as there, calling() as http:
        answer = await http.fetch("GET", there.url)
        followed = await http.fetch("GET", there.url, redirects=1)

    assert (answer.status, answer.headers["location"]) == (302, "/there")
    assert followed.body == b"GET"


@pytest.mark.parametrize(
    ("status", "method", "then", "body"),
    [
        (301, "POST", "GET", b""),
        (302, "POST", "GET", b""),
        (303, "PUT", "GET", b""),
        (303, "HEAD", "HEAD", b"it"),
        (301, "PUT", "PUT", b"it"),
        (307, "POST", "POST", b"it"),
        (308, "PATCH", "PATCH", b"it"),
    ],
)
async def test_the_method_changes_as_it_should(
    status: int, method: str, then: str, body: bytes
) -> None:
    headers = {"Authorization": "Bearer it", "Content-Type": "text/plain"}
    async with peer(sends(status, "/there")) as there, calling() as http:
        await http.fetch(method, there.url, redirects=1, body=b"it", headers=headers)

    _, second = there.asked
    assert (second.method, second.body) == (then, body)
    assert second.headers["authorization"] == "Bearer it"
    assert ("content-type" in second.headers) == bool(body)


async def test_a_loop_ends() -> None:
    async with peer(statuses(302, Location="/")) as there, calling() as http:
        with pytest.raises(UpstreamUnavailable):
            await http.fetch("GET", there.url, redirects=3)

    assert len(there.asked) == 4


async def test_secrets_stay_with_those_they_are_meant_for() -> None:
    async with peer(statuses(200)) as other, calling() as http:
        where = other.url.replace("http://", "http://user:password@")
        async with peer(statuses(302, Location=where)) as there:
            await http.fetch("GET", there.url, redirects=1, headers=SECRETS)

    (asked,) = other.asked
    assert asked.headers["accept"] == "text/plain"
    assert not {name.lower() for name in SECRETS if name != "Accept"} & asked.headers.keys()


async def test_no_body_goes_to_others() -> None:
    async with (
        peer(statuses(200)) as other,
        peer(statuses(307, Location=other.url)) as there,
        calling() as http,
    ):
        with pytest.raises(UpstreamUnavailable):
            await http.fetch("POST", there.url, redirects=1, body=b"secret")

    assert other.asked == []


@pytest.mark.parametrize(
    "location", ["http://it.example/", "ftp://it.example/", "file:///etc/passwd", "//[x"]
)
def test_what_was_said_under_tls_is_not_said_without_it(location: str) -> None:
    hop = Hop("GET", URL("https://it.example/"), {}, None)

    with pytest.raises(SendsElsewhere):
        hop.after(302, location)


def test_another_port_is_another_service() -> None:
    hop = Hop("GET", URL("https://it.example/"), SECRETS, None)

    assert hop.after(302, "https://it.example:8443/").headers == {"Accept": "text/plain"}
    assert hop.after(302, "https://it.example:443/x").headers == SECRETS
