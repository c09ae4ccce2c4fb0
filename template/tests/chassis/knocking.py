"""What an application answers before a WebSocket is open, without a server."""

import asyncio
from typing import Any

from starlette.types import Message, Scope

from .running import Running

DENIAL: dict[str, Any] = {"websocket.http.response": {}}
"""Of servers that can answer a handshake with more than a status."""


async def knock(
    service: Running,
    path: str,
    *headers: tuple[bytes, bytes],
    subprotocols: tuple[str, ...] = (),
    extensions: dict[str, Any] = DENIAL,
    **more: Any,
) -> list[Message]:
    """Ask for a WebSocket, and go away as soon as it is open or refused."""
    sent: list[Message] = []
    received: asyncio.Queue[Message] = asyncio.Queue()
    received.put_nowait({"type": "websocket.connect"})

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "websocket.accept":
            received.put_nowait({"type": "websocket.disconnect", "code": 1000})

    scope: Scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": path,
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
        "subprotocols": list(subprotocols),
        "extensions": extensions,
        "state": dict(service.state),
        **more,
    }
    await service.app(scope, received.get, send)
    return sent
