"""For URLs that users give: which addresses belong to the public, and may be connected to."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

PORTS = frozenset({80, 443, 8080, 8443})

_UNICAST = ip_network("2000::/3")
_RELAYS = (ip_network("2002::/16"), ip_network("2001::/32"))
"""Those of 6to4 and Teredo, in which an address of IPv4 hides."""
_OF_CLOUDS = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))
"""Public by their number, yet they answer only inside of a cloud."""


def is_public(address: str) -> bool:
    """An address as the system writes it. All that only leads to another one is not public:
    mapped, translated (NAT64), in a tunnel."""
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return _is_public(ip) and not any(ip in network for network in _OF_CLOUDS)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    if isinstance(ip, IPv6Address) and (
        ip not in _UNICAST or any(ip in relay for relay in _RELAYS)
    ):
        return False
    return ip.is_global and not ip.is_multicast


class NotPublic(OSError):
    """There is no connection to such an address."""

    def __str__(self) -> str:
        return "not public"  # the same for all, so that many of them are told as one


class PublicOnly:
    """Asked for a socket each time before one is connected: about what DNS has answered just then,
    and about addresses that stand in a URL, whatever their form."""

    def allows(self, address: str, port: int) -> bool:
        return port in PORTS and is_public(address)

    def __call__(self, info: tuple[Any, ...]) -> socket.socket:
        """`info` is one of those that `getaddrinfo` gives."""
        family, kind, protocol, _, (address, port, *_) = info
        if not self.allows(address, port):
            raise NotPublic
        return socket.socket(family, kind, protocol)
