"""URLs that users give lead to the public only, whatever they are written like."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.chassis.parts.http_client.client import HttpClient
from app.chassis.parts.http_client.errors import AddressRefused, CallFailed
from app.chassis.parts.http_client.public import PublicOnly, is_public
from app.chassis.parts.http_client.settings import OutboundSettings

from .peer import calling, peer, statuses


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700:4700::1111"])
def test_the_public_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1"),
        *("169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.2.1"),
        *("::", "::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::ffff:0:127.0.0.1"),
        *("64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "fe80::1"),
        *("fe80::1%1", "fec0::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "100::1"),
        *("127.1", "0177.0.0.1", "2130706433", "", "localhost"),
    ],
)
def test_nothing_else_is(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "localhost"),
        *("[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "127.0.0.1.", "user@127.0.0.1"),
    ],
)
async def test_no_way_of_writing_it_leads_inside(host: str) -> None:
    """The peer's port is let pass here: what is judged is the address."""
    async with peer(statuses(200)) as there, only(there.port) as http:
        with pytest.raises(CallFailed):
            await http.fetch("GET", f"http://{host}:{there.port}/", public_only=True)

    assert there.opened == 0


class Only(PublicOnly):
    """The public, and what a test adds to it."""

    def __init__(self, port: int, *addresses: str) -> None:
        self._port, self._addresses = port, addresses

    def allows(self, address: str, port: int) -> bool:
        is_one = address in self._addresses or is_public(address)
        return is_one and port == self._port


@asynccontextmanager
async def only(port: int, *addresses: str) -> AsyncGenerator[HttpClient]:
    client = HttpClient(OutboundSettings(dns_lifetime=0), public=Only(port, *addresses))
    try:
        yield client
    finally:
        await client.close()


async def test_what_is_allowed_is_called() -> None:
    async with peer(statuses(200)) as there, only(there.port, "127.0.0.1") as http:
        assert (await http.fetch("GET", there.url, public_only=True)).status == 200


async def test_others_are_called_wherever_they_are() -> None:
    async with peer(statuses(200)) as there, calling() as http:
        assert (await http.fetch("GET", there.url)).status == 200
        with pytest.raises(AddressRefused):
            await http.fetch("GET", there.url, public_only=True)


@pytest.mark.parametrize("inside", ["http://127.0.0.2:{}/", "http://169.254.169.254:{}/"])
async def test_a_redirect_does_not_lead_inside(inside: str) -> None:
    async with peer(statuses(200)) as there:
        there.does = statuses(302, Location=inside.format(there.port))
        async with only(there.port, "127.0.0.1") as http:
            with pytest.raises(AddressRefused):
                await http.fetch("GET", there.url, public_only=True, redirects=5)

    assert len(there.asked) == 1


async def test_a_name_that_changes_its_mind_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each connection is judged by what DNS has answered for it, not by an earlier answer."""
    answers = ["127.0.0.1", "127.0.0.2"]

    def getaddrinfo(_: str, port: int, *__: Any, **___: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), port))]

    async with peer(statuses(200, Connection="close")) as there:
        url = f"http://rebinding.example:{there.port}/"
        async with only(there.port, "127.0.0.1") as http:
            monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
            assert (await http.fetch("GET", url, public_only=True)).status == 200
            with pytest.raises(AddressRefused):
                await http.fetch("GET", url, public_only=True)

    assert answers == []


@pytest.mark.parametrize(
    "url", ["http://1.1.1.1:22/", "http://1.1.1.1:6379/", "http://u:p@1.1.1.1/", "ftp://1.1.1.1/"]
)
async def test_neither_do_ports_that_speak_something_else(url: str) -> None:
    async with calling() as http:
        with pytest.raises(AddressRefused):
            await http.fetch("GET", url, public_only=True)


async def test_a_proxy_is_never_asked_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    async with peer(statuses(200)) as proxy, calling(proxy_variables=True) as http:
        monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(AddressRefused):
            await http.fetch("GET", "http://127.0.0.1/", public_only=True)

    assert proxy.asked == []
