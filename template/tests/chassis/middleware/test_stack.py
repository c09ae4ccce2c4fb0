"""The order of the stack, whatever was chosen of it, and all of it together."""

from ipaddress import ip_network
from typing import Any

import httpx2
import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from app.chassis.config import ChassisSettings
from app.chassis.middleware import STACK, Layer, compiled_routes

from ..running import Running, running
from ..things.application import create_app


def name_of(layer: Layer) -> str:
    """That of its module, or of the part whose middleware it is."""
    module = str(getattr(layer, "__name__", "")).removesuffix(".middleware")
    return module.rpartition(".")[2]


NAMES = [name_of(layer) for layer in STACK]

ORDER = [
    "proxy_headers",
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "no_store",
    "problems",
    "metrics",
    "deadline",
    "trusted_host",
    "gzip",
    "rate_limit",
    "body_limit",
]
"""Outermost first. Preflight requests end in `cors`; all that is logged or answered has the request
id."""


def test_the_order_is_fixed() -> None:
    assert [name for name in ORDER if name in NAMES] == [name for name in NAMES if name in ORDER]
    assert {"proxy_headers", "no_store", "problems", "deadline", "body_limit"} <= set(NAMES)


def test_the_application_has_the_stack(service: Running) -> None:
    modules = [middleware.cls.__module__ for middleware in service.app.user_middleware]

    # Without proxies to trust and origins to allow, these have nothing to do.
    idle = {"proxy_headers", "cors"}
    layers = [layer for layer in STACK if name_of(layer) not in idle]
    for layer, module in zip([*layers, compiled_routes], modules, strict=True):
        assert module == getattr(layer, "__name__", "")


LOCAL = ("127.0.0.1", 8000)
PEERS: dict[str, tuple[Any, Any]] = {
    "IPv4": (("203.0.113.7", 50_000), LOCAL),
    "IPv6": (("2001:db8::1", 50_000), ("::1", 8000)),
    "IPv6 of a link": (("fe80::1%eth0", 50_000), ("fe80::2%eth0", 8000)),
    "IPv4 within IPv6": (("::ffff:203.0.113.7", 50_000), ("::ffff:127.0.0.1", 8000)),
    "a Unix socket, uvicorn": (None, ("/run/app.sock", None)),
    "a Unix socket, granian": (("", "0"), ("/run/app.sock", "0")),
    "nothing told": (None, None),
}
"""The client and the server of a request's scope (ASGI), by what the server listens on."""


def between(app: ASGIApp, client: Any, server: Any) -> ASGIApp:
    async def ask(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "client": client, "server": server}, receive, send)

    return ask


@pytest.mark.parametrize("kind", PEERS)
async def test_every_kind_of_address_passes_every_middleware(
    settings: ChassisSettings, tables_made: None, kind: str
) -> None:
    """With a proxy to trust, and one whose word is empty, none or a name."""
    proxies = [ip_network("203.0.113.0/24"), ip_network("fe80::/10")]
    http = settings.http.model_copy(update={"trusted_proxies": proxies})
    app = create_app(settings.model_copy(update={"http": http}))
    hops = ["198.51.100.1", "2001:db8::2", "fe80::3%eth1", "unknown", "", "198.51.100.1:4711"]

    async with running(app) as service:
        with_state = between(app, *PEERS[kind])

        async def ask(scope: Scope, receive: Receive, send: Send) -> None:
            await with_state({**scope, "state": dict(service.state)}, receive, send)

        transport = httpx2.ASGITransport(app=ask)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            for hop in hops:
                headers = {"X-Forwarded-For": hop, "X-Forwarded-Proto": "https"}
                for path in ("/health/ready", "/api/v1/boxes"):
                    answer = await client.get(path, headers=headers)
                    assert answer.status_code == 200, (hop, path, answer.text)
