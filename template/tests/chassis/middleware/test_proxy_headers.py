"""Who called, when proxies stand between: what they say is believed, what callers say is not."""

import json
from ipaddress import IPv4Network
from typing import Any

import httpx2
import pytest
from fastapi import Request
from pydantic import BaseModel
from starlette.types import Receive, Scope, Send

from app.chassis.config import ChassisSettings
from app.chassis.http.settings import HttpSettings
from app.chassis.middleware.proxy_headers import ProxyHeaders

from ..test_config import safe_database
from ..things.application import create_app

PROXIES = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"]
PROXY = "10.1.2.3"
CLIENT = "203.0.113.9"
FORGED = "198.51.100.1"


class Seen(BaseModel):
    client: str
    scheme: str


async def seen(
    settings: ChassisSettings,
    peer: str | None,
    *headers: tuple[str, str],
    trusted: list[str] = PROXIES,
) -> Seen:
    """How a request from `peer` looks to a route."""
    http = HttpSettings.model_validate({"trusted_proxies": trusted})
    app = create_app(settings.model_copy(update={"http": http}))

    @app.get("/seen")
    async def show(request: Request) -> Seen:
        client = (request.client and request.client.host) or "nobody"
        return Seen(client=client, scheme=request.url.scheme)

    address: Any = None if peer is None else (peer, 4711)
    transport = httpx2.ASGITransport(app=app, client=address)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        response = await client.get("/seen", headers=[*headers])
    return Seen.model_validate(response.json())


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ([CLIENT], CLIENT),
        ([f"{FORGED}, {CLIENT}"], CLIENT),
        ([FORGED, CLIENT], CLIENT),
        ([CLIENT, "10.9.9.9"], CLIENT),
        ([f"{FORGED}, {CLIENT}, 192.0.2.7,10.9.9.9"], CLIENT),
        ([f"10.5.5.5, {CLIENT}, 192.0.2.7"], CLIENT),
        (["10.4.4.4, 10.5.5.5"], "10.4.4.4"),
        ([f"{CLIENT}:4711"], CLIENT),
        (["[2001:db9::1]:4711"], "2001:db9::1"),
        (["2001:db9::1"], "2001:db9::1"),
        ([f"::ffff:{CLIENT}"], CLIENT),
        ([f"{FORGED}, unknown, 10.9.9.9"], "10.9.9.9"),
        ([f"{FORGED}, unknown"], PROXY),
        (["' OR 1=1 --"], PROXY),
        ([""], PROXY),
        ([], PROXY),
    ],
)
async def test_the_client_is_the_first_that_is_no_proxy_of_ours(
    settings: ChassisSettings, forwarded: list[str], client: str
) -> None:
    headers = [("x-forwarded-for", line) for line in forwarded]

    assert (await seen(settings, PROXY, *headers)).client == client


@pytest.mark.parametrize("peer", [None, ""], ids=["uvicorn", "granian"])
@pytest.mark.parametrize(
    ("trusted", "client"), [(["127.0.0.1"], CLIENT), (PROXIES, "nobody"), ([], "nobody")]
)
async def test_who_connects_by_a_unix_socket_is_on_this_machine(
    settings: ChassisSettings, trusted: list[str], client: str, peer: str | None
) -> None:
    """Servers know no address then."""
    found = await seen(settings, peer, ("x-forwarded-for", CLIENT), trusted=trusted)

    assert found.client == client


@pytest.mark.parametrize(("said", "scheme"), [("https", "wss"), ("WSS", "wss"), ("x", "ws")])
async def test_websockets_are_believed_like_requests(said: str, scheme: str) -> None:
    seen: list[Scope] = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    headers = [(b"x-forwarded-for", CLIENT.encode()), (b"x-forwarded-proto", said.encode())]
    scope = {"type": "websocket", "scheme": "ws", "client": (PROXY, 1), "headers": headers}
    await ProxyHeaders(app, [IPv4Network("10.0.0.0/8")])(scope, nothing, nothing)

    assert (seen[0]["client"], seen[0]["scheme"]) == ((CLIENT, 0), scheme)


async def nothing(*_: Any) -> Any:
    raise NotImplementedError


FORGERY = (("x-forwarded-for", FORGED), ("x-forwarded-proto", "https"))


@pytest.mark.parametrize("peer", [CLIENT, "127.0.0.1", "2001:db9::1", "not-an-address"])
async def test_a_caller_who_is_no_proxy_is_not_believed(
    settings: ChassisSettings, peer: str
) -> None:
    assert await seen(settings, peer, *FORGERY) == Seen(client=peer, scheme="http")


async def test_without_proxies_nobody_is_believed(settings: ChassisSettings) -> None:
    for peer in (PROXY, "127.0.0.1"):
        found = await seen(settings, peer, *FORGERY, trusted=[])

        assert found == Seen(client=peer, scheme="http")


async def test_a_proxy_may_be_known_by_its_mapped_address(settings: ChassisSettings) -> None:
    found = await seen(settings, f"::ffff:{PROXY}", ("x-forwarded-for", CLIENT))

    assert found.client == CLIENT


@pytest.mark.parametrize(
    ("said", "scheme"),
    [
        (["https"], "https"),
        (["http"], "http"),
        (["http", "https"], "https"),
        (["http, https"], "https"),
        (["HTTPS"], "https"),
        (["wss"], "http"),
        (["javascript"], "http"),
        ([""], "http"),
    ],
)
async def test_the_scheme_is_what_the_nearest_proxy_says(
    settings: ChassisSettings, said: list[str], scheme: str
) -> None:
    headers = [("x-forwarded-proto", line) for line in said]

    assert (await seen(settings, PROXY, *headers)).scheme == scheme


@pytest.mark.parametrize("value", ["*", "proxy.example.org", "10.0.0.1/8"])
def test_only_addresses_and_networks_are_taken(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("APP_HTTP_TRUSTED_PROXIES", json.dumps([value]))

    with pytest.raises(ValueError, match="trusted_proxies"):
        ChassisSettings(environment="development")


@pytest.mark.parametrize("everyone", ["0.0.0.0/0", "::/0"])
def test_production_does_not_trust_everyone(everyone: str) -> None:
    http = HttpSettings.model_validate({"trusted_proxies": [everyone]})

    with pytest.raises(ValueError, match="APP_HTTP_TRUSTED_PROXIES"):
        ChassisSettings(environment="production", http=http, database=safe_database())
    ChassisSettings(environment="development", http=http)
