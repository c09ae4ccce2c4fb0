"""Hosts, origins and networks in settings: one way to write each; what never matches is refused."""

from ipaddress import ip_network

import pytest

from app.chassis.http.addresses import (
    host,
    is_every_host,
    is_every_origin,
    is_everyone,
    network,
    origin,
)

ORIGINS = {
    "https://example.org": "https://example.org",
    "https://example.org/": "https://example.org",
    "HTTPS://Example.ORG": "https://example.org",
    "https://example.org:443": "https://example.org",
    "http://example.org:80/": "http://example.org",
    "https://example.org:80": "https://example.org:80",
    "http://localhost:3000": "http://localhost:3000",
    "http://[0:0::1]:3000": "http://[::1]:3000",
    "http://[2001:DB8::1]:80": "http://[2001:db8::1]",
    "https://xn--mnchen-3ya.de": "https://xn--mnchen-3ya.de",
    "capacitor://localhost": "capacitor://localhost",
    "*": "*",
    "null": "null",
}
NO_ORIGINS = [
    *("", "example.org", "localhost:3000", "//example.org", "https://", "https:example.org"),
    *("https://example.org/app", "https://example.org?", "https://example.org#a", "https://a//"),
    *("https://*.example.org", "https://*", "*.example.org", "https://example.org:*"),
    *("https://example.org:0", "https://example.org:65536", "https://example.org:a"),
    *("https://münchen.de", "https://ada@example.org", "https://[::g]", "https://[", "https://-a"),
    *("https://a b", "https://a,https://b", "https://a..b", "https://example.org:443/app"),
]
HOSTS = {
    "example.org": "example.org",
    "Example.ORG": "example.org",
    "*.example.org": "*.example.org",
    "my_service": "my_service",
    "127.0.0.1": "127.0.0.1",
    "::1": "[::1]",
    "[2001:DB8:0::1]": "[2001:db8::1]",
    "*": "*",
}
NO_HOSTS = [
    *("", "x*", "*x", "*.", "**", "a.*", "*.*.org", "https://example.org", "example.org:443"),
    *("example.org/", "münchen.de", "a b", "[", "[]", ".example.org", "a..b", "-a.org", "a" * 64),
    *("ada@example.org", "[::1]:80", "a." * 127 + "aa"),
]


@pytest.mark.parametrize(("written", "meant"), ORIGINS.items())
def test_an_origin_is_as_browsers_send_it(written: str, meant: str) -> None:
    assert origin(written) == meant


@pytest.mark.parametrize("written", NO_ORIGINS)
def test_what_no_browser_sends_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"such as https://example\.org"):
        origin(written)


@pytest.mark.parametrize(("written", "meant"), HOSTS.items())
def test_a_host_is_as_clients_ask_for_it(written: str, meant: str) -> None:
    assert host(written) == meant


@pytest.mark.parametrize("written", NO_HOSTS)
def test_what_no_client_asks_for_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"such as example\.org"):
        host(written)


@pytest.mark.parametrize("written", ["", "*", "a.org", "10.0.0.1/8", "10.0.0.0/33", 1, True, None])
def test_what_is_no_network_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"such as 10\.1\.2\.3"):
        network(written)


def test_ipv4_within_ipv6_is_ipv4() -> None:
    assert network("::ffff:10.0.0.0/104") == ip_network("10.0.0.0/8")


@pytest.mark.parametrize(
    "networks",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["10.0.0.0/8", "128.0.0.0/2", "192.0.0.0/2"],
        [f"{first}.0.0.0/8" for first in range(1, 40)],
        ["::/1", "8000::/1"],
        ["2000::/3"],
        ["2000::/4"],
        ["::ffff:0.0.0.0/96"],
    ],
)
def test_everyone_in_pieces_is_everyone(networks: list[str]) -> None:
    assert is_everyone(map(network, networks))


def test_networks_of_ones_own_are_not_everyone() -> None:
    private = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "240.0.0.0/4"]
    clouds = ["173.245.48.0/20", "104.16.0.0/13", "2606:4700::/32", "2a00::/20"]

    assert not is_everyone(map(network, [*private, "fc00::/7", "fe80::/10", *clouds]))
    assert not is_everyone([])


def test_a_whole_top_level_domain_is_every_host() -> None:
    assert [name for name in ("*", "*.com", "*.org.") if not is_every_host(name)] == []
    assert [name for name in ("*.example.org", "*.local", "com") if is_every_host(name)] == []


def test_a_frame_without_an_origin_is_anybodys() -> None:
    assert is_every_origin("null")
    assert not is_every_origin("https://example.org")
