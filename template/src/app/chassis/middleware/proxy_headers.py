"""Takes a request's client and scheme from the headers of trusted proxies, and of nobody else."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from ..config import ChassisSettings

Address = IPv4Address | IPv6Address

_TYPES = ("http", "websocket")
_SCHEMES = {
    "http": {"http": "http", "https": "https"},
    "websocket": {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"},
}
_THIS_MACHINE = IPv4Address("127.0.0.1")
"""Where the client of a Unix socket is: servers know no address then."""


class ProxyHeaders:
    """Each proxy adds the address it was called from to the right of `X-Forwarded-For`. Seen from
    there, the first one that is no proxy of ours is the client; what stands left of it anybody may
    have written.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        self.app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in _TYPES:
            # By a Unix socket servers tell no client, or one without a name.
            host = (scope.get("client") or ("",))[0]
            peer = _address(host) if host else _THIS_MACHINE
            if peer and self._trusts(peer):
                self._believe(scope)
        await self.app(scope, receive, send)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)

    def _believe(self, scope: Scope) -> None:
        client = self._client(_values(scope, b"x-forwarded-for"))
        if client:
            scope["client"] = (str(client), 0)
        schemes = _SCHEMES[scope["type"]]
        for scheme in _values(scope, b"x-forwarded-proto")[-1:]:
            scope["scheme"] = schemes.get(scheme.lower(), scope["scheme"])

    def _client(self, hops: Sequence[str]) -> Address | None:
        """The last hop that is known, where a proxy names none."""
        client = None
        for hop in reversed(hops):
            address = _address(hop)
            client = address or client
            if address is None or not self._trusts(address):
                break
        return client


def _values(scope: Scope, name: bytes) -> list[str]:
    """A header may come in several lines, which are one list (RFC 9110, section 5.3)."""
    lines = [value.decode("latin-1") for key, value in scope["headers"] if key == name]
    return [part.strip() for part in ",".join(lines).split(",")] if lines else []


def _address(text: str) -> Address | None:
    """Some proxies add a port, as in `192.0.2.1:4711` and `[2001:db8::1]:4711`."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def build(settings: ChassisSettings) -> Middleware | None:
    """None without proxies: then whoever connects is the client."""
    if not settings.http.trusted_proxies:
        return None
    return Middleware(ProxyHeaders, trusted=settings.http.trusted_proxies)
