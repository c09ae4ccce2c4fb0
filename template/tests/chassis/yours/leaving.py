"""A client that leaves when a stream begins: some never end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import witness
from ..running import Running


class Leaving:
    """Tells the application that its client is gone once an answer has begun that is no JSON."""

    def __init__(self, app: ASGIApp, state: dict[str, Any]) -> None:
        self.app = app
        self._state = state

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read, is_over = False, asyncio.Event()
        last: Message = {"type": "http.response.body", "body": b""}

        async def receive_or_leave() -> Message:
            nonlocal is_read
            if is_read:
                await is_over.wait()
                return {"type": "http.disconnect"}
            message = await receive()
            is_read = not message.get("more_body")
            return message

        async def send_and_leave(message: Message) -> None:
            nonlocal last
            last = message
            if message["type"] == "http.response.start" and not _is_json(message):
                is_over.set()
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                is_over.set()

        inner = {**scope, "state": dict(self._state)}
        await self.app(inner, receive_or_leave, witness.watched(send_and_leave))
        if last.get("more_body") or last["type"] == "http.response.start":
            await send({"type": "http.response.body", "body": b""})


def _is_json(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and b"json" in value for name, value in start["headers"]
    )


@asynccontextmanager
async def visiting(service: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    transport = httpx2.ASGITransport(app=Leaving(service.app, service.state))
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client
