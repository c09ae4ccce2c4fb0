"""The address that a request came from."""

from ipaddress import IPv6Address, IPv6Network

from starlette.types import Scope

NETWORK = 64
"""Bits of an IPv6 address that tell one customer from another (RFC 6177): within, everybody has
more addresses than could ever be counted."""


def address_of(scope: Scope) -> str:
    """The client's address as the server tells it; of IPv6 the network."""
    client = scope.get("client")
    if not client or not client[0]:  # a Unix socket
        return "local"
    host: str = client[0]
    return host if ":" not in host else _network_of(host)


def _network_of(host: str) -> str:
    try:
        address = IPv6Address(host.partition("%")[0])
    except ValueError:
        return host
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), NETWORK), strict=False))
