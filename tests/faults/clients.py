"""Clients that send one request after the other and remember what became of each.

Ours, because a library would hide what is looked for: it retries, pools, and folds errors together.
"""

import asyncio
import json
import random
import threading
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from uuid import uuid4

from tests.faults.outcomes import Outcome, flaw_of

PATIENCE = 60
"""Seconds for an answer: a request without one hangs."""

USERS = "/api/v1/users"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    key: str = ""
    body: object = None

    leave_after: float | None = None
    """Seconds after which the client hangs up without waiting for the answer."""

    def encoded(self) -> bytes:
        body = b"" if self.body is None else json.dumps(self.body).encode()
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body


def creation(key: str, name: str = "Ada") -> Request:
    return Request("POST", USERS, key, {"email": key, "name": name})


def creations(name: str = "Ada") -> Iterator[Request]:
    """Of users that nobody else creates, without end."""
    run = uuid4().hex
    return (creation(f"{run}-{number}@example.org", name) for number in count())


def reads(path: str = f"{USERS}?limit=1") -> Iterator[Request]:
    return (Request("GET", path) for _ in count())


def impatient(seed: int = 1) -> Iterator[Request]:
    """Three of four hang up within the time that an answer takes; every other one writes."""
    chance = random.Random(seed)  # the same each time, as far as a busy machine can
    writing, reading = creations(), reads()
    while True:
        request = next(chance.choice((writing, reading)))
        leaves = chance.random() < 0.75
        yield replace(request, leave_after=chance.uniform(0.0005, 0.03) if leaves else None)


class Client:
    """One connection that is kept open. Nothing is sent twice."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, request: Request) -> Outcome:
        began = time.monotonic()
        status, flaw = None, ""
        try:
            async with asyncio.timeout(request.leave_after or PATIENCE):
                status, flaw = await self._exchange(request)
        except (OSError, EOFError, ValueError) as error:  # among them TimeoutError
            self.close()
            left = request.leave_after and isinstance(error, TimeoutError)
            flaw = "" if left else type(error).__name__
        return Outcome(request.key, began, time.monotonic(), status, flaw)

    async def _exchange(self, request: Request) -> tuple[int, str]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        writer.write(request.encoded())
        await writer.drain()
        start, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().lower().splitlines()
        headers = dict(line.split(": ", 1) for line in lines if line)
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        status = int(start.split()[1])
        return status, flaw_of(status, headers, body)

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()
            self._streams = None


class Load:
    """Several clients, in a thread of their own."""

    def __init__(self, port: int, requests: Iterable[Request], clients: int, pause: float) -> None:
        self.outcomes: list[Outcome] = []
        self._port = port
        self._requests = iter(requests)
        self._clients = clients
        self._pause = pause
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    def start(self) -> None:
        self._thread.start()

    def wait_for(self, successes: int) -> None:
        """So many from now on."""
        deadline = time.monotonic() + PATIENCE
        goal = self._successes() + successes
        while self._successes() < goal:
            assert time.monotonic() < deadline, "requests don't succeed any more"
            time.sleep(0.02)

    def _successes(self) -> int:
        return sum(outcome.succeeded for outcome in self.outcomes)

    def finish(self) -> list[Outcome]:
        """What became of all requests, when all are answered."""
        self._thread.join()
        return self.outcomes

    def stop(self) -> list[Outcome]:
        """The same without sending more."""
        self._is_over.set()
        return self.finish()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(self._clients):
                tasks.create_task(self._serve(Client(self._port)))

    async def _serve(self, client: Client) -> None:
        for request in self._requests:
            outcome = await client.send(request)
            self.outcomes.append(outcome)
            if self._is_over.is_set():
                break
            # Who got no answer at all doesn't hammer.
            await asyncio.sleep(self._pause if outcome.status else self._pause + 0.02)
        client.close()


@contextmanager
def load(
    port: int, requests: Iterable[Request], clients: int = 16, pause: float = 0.0
) -> Generator[Load]:
    """While the block runs, unless the requests end before."""
    running = Load(port, requests, clients, pause)
    running.start()
    try:
        yield running
    finally:
        running.stop()


def drive(port: int, requests: Iterable[Request], clients: int = 16) -> list[Outcome]:
    """Until all requests are answered."""
    with load(port, requests, clients) as running:
        return running.finish()
