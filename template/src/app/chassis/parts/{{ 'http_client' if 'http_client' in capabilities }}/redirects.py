"""What is asked after another service sent the call elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass

from yarl import URL

REDIRECTS = frozenset({301, 302, 303, 307, 308})

_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})
"""What any other service may know. Every other header may be a secret, whatever its name."""
_OF_BODY = frozenset({"content-type", "content-length", "content-language", "digest"})


class SendsElsewhere(Exception):
    """Too often, or to where the call must not go."""


@dataclass(frozen=True, slots=True)
class Hop:
    method: str
    url: URL
    headers: Mapping[str, str]
    body: bytes | None

    def after(self, status: int, location: str) -> "Hop":
        """RFC 9110, section 15.4. Raises `SendsElsewhere`: what was said under TLS is not said
        without it, and no body goes to somebody who was not meant."""
        url = self._joined(location)
        method, body, headers = self.method, self.body, dict(self.headers)
        if method != "HEAD" and (status == 303 or (status in {301, 302} and method == "POST")):
            method, body = "GET", None
            headers = _without(headers, _OF_BODY)
        if _origin(url) != _origin(self.url):
            if body is not None:
                raise SendsElsewhere
            headers = {name: headers[name] for name in headers if name.lower() in _HARMLESS}
        return Hop(method, url, headers, body)

    def _joined(self, location: str) -> URL:
        try:
            url = self.url.join(URL(location)).with_user(None)
        except ValueError:
            raise SendsElsewhere from None
        is_known = url.scheme in {"http", "https"} and url.raw_host
        if not is_known or (self.url.scheme == "https" and url.scheme != "https"):
            raise SendsElsewhere
        return url


def _origin(url: URL) -> tuple[str, str | None, int | None]:
    return url.scheme, url.host, url.port


def _without(headers: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in names}
