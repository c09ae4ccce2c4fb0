"""Another service, behind a real socket: it does to each request what a test tells it to."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from app.chassis.parts.http_client.client import HttpClient
from app.chassis.parts.http_client.settings import OutboundSettings


@dataclass(frozen=True)
class Asked:
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


class Line:
    """A connection, as the peer has it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self.is_kept = True
        self.written = 0

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()
        self.written += len(data)

    async def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        fields = {"Content-Length": str(len(body)), **headers}
        lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items()]
        await self.write(f"HTTP/1.1 {status} It\r\n{''.join(lines)}\r\n".encode() + body)

    def reset(self) -> None:
        self.is_kept = False
        self._writer.transport.abort()

    def close(self) -> None:
        self.is_kept = False
        self._writer.close()

    async def asked(self) -> Asked:
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.strip().split("\r\n")
        method, target, _ = first.split(" ")
        headers = {name.lower(): value for name, _, value in (x.partition(": ") for x in lines)}
        body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        return Asked(method, target, headers, body)

    async def hung_up(self) -> None:
        """Wait until the other side has closed."""
        with suppress(ConnectionError):
            while await self._reader.read(65_536):
                pass


Does = Callable[[Asked, Line], Awaitable[None]]


@dataclass
class Peer:
    does: Does
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    busy: int = 0
    peak: int = 0
    """The most requests that were there at once."""
    lines: int = 0
    """Connections that are open."""
    opened: int = 0
    """Connections that there have been."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = Line(reader, writer)
        self.lines += 1
        self.opened += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while line.is_kept:
                    await self._take(await line.asked(), line)
        finally:
            self.lines -= 1
            writer.close()

    async def _take(self, asked: Asked, line: Line) -> None:
        self.asked.append(asked)
        self.busy += 1
        self.peak = max(self.peak, self.busy)
        try:
            await self.does(asked, line)
        finally:
            self.busy -= 1


@asynccontextmanager
async def peer(does: Does) -> AsyncGenerator[Peer]:
    it = Peer(does)
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        with suppress(asyncio.CancelledError):
            await it.serve(reader, writer)
        tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    it.port = server.sockets[0].getsockname()[1]
    try:
        yield it
    finally:
        server.close()
        for task in [*tasks]:
            task.cancel()
        while tasks:  # noqa: ASYNC110  # they end by themselves
            await asyncio.sleep(0)


def statuses(*wanted: int, **headers: str) -> Does:
    """Answer with them, one after the other, the last again and again."""
    left = [*wanted]

    async def does(_: Asked, line: Line) -> None:
        await line.answer(left.pop(0) if len(left) > 1 else left[0], b"it", **headers)

    return does


async def hang(_: Asked, line: Line) -> None:
    await line.hung_up()
    line.close()


@asynccontextmanager
async def calling(**settings: Any) -> AsyncGenerator[HttpClient]:
    client = HttpClient(OutboundSettings(**settings))
    try:
        yield client
    finally:
        await client.close()
