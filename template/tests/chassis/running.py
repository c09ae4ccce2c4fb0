"""An application that runs in the tests as it does under a server: lifespan on, requests over
ASGI."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

import httpx2
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from app.chassis.db.database import Database

from . import witness


@dataclass(frozen=True)
class Running:
    app: FastAPI
    client: httpx2.AsyncClient
    state: dict[str, Any]

    @property
    def database(self) -> Database:
        return cast("Database", self.state["database"])


class _Lifespan:
    """The server's side of the lifespan protocol (ASGI), in one task from start to end."""

    def __init__(self, app: FastAPI) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._received: asyncio.Queue[Message] = asyncio.Queue()
        self._sent: asyncio.Queue[Message] = asyncio.Queue()

    async def run(self) -> None:
        scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        with suppress(Exception):  # the protocol has told before it was raised
            await self._app(scope, self._received.get, self._sent.put)
        await self._sent.put({"type": "lifespan.ended", "message": "the lifespan ended"})

    async def ask(self, event: str) -> None:
        """Raise what the application says when it fails to start or to stop."""
        await self._received.put({"type": f"lifespan.{event}"})
        answer = await self._sent.get()
        if answer["type"] != f"lifespan.{event}.complete":
            raise RuntimeError(answer["message"])


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[Running]:
    """Start an application, and stop it when the block ends."""
    lifespan = _Lifespan(app)

    async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": dict(lifespan.state)}, receive, witness.watched(send))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(lifespan.run())
        await lifespan.ask("startup")
        transport = httpx2.ASGITransport(app=with_state)
        async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Running(app, client, lifespan.state)
        await lifespan.ask("shutdown")
