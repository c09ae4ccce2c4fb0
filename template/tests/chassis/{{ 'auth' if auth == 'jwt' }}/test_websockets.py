"""Who opens a WebSocket is known by the same token: in the header, or, for pages, which can't set
one, by the field `Sec-WebSocket-Protocol` (RFC 6455, section 11.3.4)."""

from collections.abc import Generator
from uuid import uuid4

import pytest

from app.chassis.config import ChassisSettings
from app.chassis.parts.auth.tokens import AccessTokens

from ..serving import live_server
from ..talking import connect

pytestmark = pytest.mark.thorough

KNOCK = (
    "GET /api/v1/me/feed HTTP/1.1",
    "Host: localhost",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)


@pytest.fixture(scope="module")
def url(settings: ChassisSettings, tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    with live_server(settings, tmp_path_factory.mktemp("websockets") / "log") as url:
        yield url


@pytest.mark.parametrize(
    ("lines", "is_in"),
    [
        (["Authorization: Bearer {}"], True),
        (["Authorization: bearer {}"], True),
        (["Sec-WebSocket-Protocol: bearer, {}"], True),
        (["Sec-WebSocket-Protocol: bearer,{}"], True),
        (["Sec-WebSocket-Protocol:   bearer  ,  {}  "], True),
        (["Sec-WebSocket-Protocol: bearer", "Sec-WebSocket-Protocol: {}"], True),
        (["Sec-WebSocket-Protocol: other, bearer, {}"], True),
        (["Sec-WebSocket-Protocol: bearer, , {}"], True),
        ([], False),
        (["Sec-WebSocket-Protocol: bearer"], False),
        (["Sec-WebSocket-Protocol: {}"], False),
        (["Sec-WebSocket-Protocol: {}, bearer"], False),
        (["Sec-WebSocket-Protocol: bearer, other, {}"], False),
        (["Authorization: Bearer {}", "Authorization: Bearer {}"], False),
    ],
    ids=str,
)
def test_a_token_opens_it(
    url: str, settings: ChassisSettings, lines: list[str], is_in: bool
) -> None:
    token = AccessTokens(settings.auth).issue(uuid4(), 1)
    given = [line.replace("{}", token) for line in lines]
    head = told(url, [*KNOCK, *given]).lower().splitlines()

    assert head[0].split()[1] == ("101" if is_in else "401")
    is_chosen = "sec-websocket-protocol: bearer" in head
    assert is_chosen is (is_in and "Authorization" not in lines[0])


def told(url: str, lines: list[str]) -> str:
    """The head of the answer."""
    with connect(url) as peer:
        peer.sendall("\r\n".join([*lines, "", ""]).encode())
        received = b""
        while b"\r\n\r\n" not in received and (piece := peer.recv(65_536)):
            received += piece
    return received.partition(b"\r\n\r\n")[0].decode()
