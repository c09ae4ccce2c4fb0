"""The forms of hosts, origins and networks in settings: one way to write each, which is that of
browsers and clients, and what would never match is refused."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, collapse_addresses, ip_network

Network = IPv4Network | IPv6Network

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*\.?")
_ORIGIN = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[^]]*\]|[^/:@?#\[\]]+)(?::([0-9]{1,5}))?/?")
_PORTS = {"http": 80, "https": 443}
_OWN_ZONES = frozenset({"internal", "lan", "local", "localhost", "test"})
"""Top-level domains in which nobody registers names."""

MOST_OF_IPV4 = 2**29
MOST_OF_IPV6 = 2**120
"""So many addresses are everyone: an eighth of IPv4, and a 256th of IPv6, of which a sixteenth is
in use."""


def host(text: str) -> str:
    """In lower case, IPv6 in brackets. Raises `ValueError`."""
    lower = text.strip().lower()
    name = lower.removeprefix("*.")
    if lower == "*" or (_NAME.fullmatch(name) and len(name) <= 253):
        return lower
    address = _bracketed(lower)
    if address is None:
        raise ValueError(
            "should be names such as example.org, *.example.org or [2001:db8::1], without scheme,"
            " port and path, and with xn-- for other letters"
        )
    return address


def origin(text: str) -> str:
    """As browsers send it: no slash at the end, lower case, no port that the scheme has anyway.
    Raises `ValueError`."""
    lower = text.strip().lower()
    if lower in {"*", "null"}:
        return lower
    parts = _ORIGIN.fullmatch(lower)
    name = parts and (_bracketed(parts[2]) or (_NAME.fullmatch(parts[2]) and parts[2]))
    port = int(parts[3]) if parts and parts[3] else None
    if not parts or not name or port == 0 or (port or 0) > 65_535:
        raise ValueError(
            "should be origins such as https://example.org or http://localhost:3000: a scheme and"
            " a host, no path and no * inside, and xn-- for other letters"
        )
    is_default = port is None or port == _PORTS.get(parts[1])
    return f"{parts[1]}://{name}" if is_default else f"{parts[1]}://{name}:{port}"


def network(given: object) -> Network:
    """An address is a network of one. Raises `ValueError`."""
    try:
        found = ip_network(given if isinstance(given, IPv4Network | IPv6Network) else str(given))
    except ValueError:
        found = None
    if found is None or isinstance(given, int | float):
        raise ValueError(
            "should be addresses or networks such as 10.1.2.3, 10.0.0.0/8 or 2001:db8::/32, with"
            " zeros behind the length"
        )
    return _unmapped(found)


def _unmapped(found: Network) -> Network:
    """`::ffff:10.0.0.0/104` is 10.0.0.0/8, as which its clients are known."""
    mapped = getattr(found.network_address, "ipv4_mapped", None)
    if mapped is None or found.prefixlen < 96:
        return found
    return IPv4Network((mapped, found.prefixlen - 96))


def _bracketed(text: str) -> str | None:
    try:
        return f"[{IPv6Address(text.removeprefix('[').removesuffix(']')).compressed}]"
    except ValueError:
        return None


def is_every_host(name: str) -> bool:
    """`*`, and all names of a top-level domain, which anybody may register."""
    star, _, zone = name.rstrip(".").partition(".")
    return star == "*" and "." not in zone and zone not in _OWN_ZONES


def is_every_origin(name: str) -> bool:
    """`*`, and `null`, which any page sends from a sandboxed frame."""
    return name in {"*", "null"}


def is_everyone(networks: Iterable[Network]) -> bool:
    """Together: two halves of the internet are the internet."""
    found = list(networks)
    old = [network for network in found if isinstance(network, IPv4Network)]
    new = [network for network in found if isinstance(network, IPv6Network)]
    public = [network for network in new if not network.is_private]
    return (
        sum(network.num_addresses for network in collapse_addresses(old)) >= MOST_OF_IPV4
        or sum(network.num_addresses for network in collapse_addresses(public)) >= MOST_OF_IPV6
    )
