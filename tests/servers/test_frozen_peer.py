"""A service whose routes call another one that has frozen: with many callers its other routes
answer as ever, its memory is bounded, and it stops when it is told to."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.servers.serving import AT_ONCE, MOST_SECONDS, SECRETS, Service, migrate, service

pytestmark = pytest.mark.slow

CALLERS, PER_HOST, OWN = 500, 20, 100
ROUTE = '''"""Asks another service."""

from fastapi import APIRouter

from ...chassis.parts.http_client.deps import HttpDep

router = APIRouter(prefix="/api/v1/asked", tags=["asked"])


@router.get("")
async def ask(url: str, http: HttpDep) -> int:
    return (await http.fetch("GET", url)).status
'''
PATIENT = {
    "APP_OUTBOUND_CONNECTIONS_PER_HOST": str(PER_HOST),
    "APP_OUTBOUND_READ": "300",
    "APP_OUTBOUND_DEADLINE": "300",
    "APP_HTTP_DEADLINE": "600",
    "DRAIN_TIMEOUT": "1",
}
"""Those who were let through wait for longer than the test runs, until they are stopped."""


class Frozen:
    """Takes connections and requests, and never says a word."""

    def __init__(self) -> None:
        self.asked = 0
        self._kept: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._kept.append(writer)
        await reader.readuntil(b"\r\n\r\n")
        self.asked += 1

    def close(self) -> None:
        for writer in self._kept:
            writer.close()


async def status(port: int, path: str) -> int:
    """0 when the connection ends before an answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        writer.write(head.encode())
        words = (await reader.readline()).split()
        return int(words[1]) if words else 0
    except ConnectionError:
        return 0
    finally:
        writer.close()


def memory(served: Service) -> int:
    """Resident, in pages, of the process and of those that it has started."""
    listed = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text().split()
    pids = [served.pid, *map(int, listed)]
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)


async def crowded(served: Service) -> None:
    frozen = Frozen()
    server = await asyncio.start_server(frozen.serve, "127.0.0.1", 0)
    path = f"/api/v1/asked?url=http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    assert [await status(served.port, "/api/v1/users") for _ in range(OWN)] == [200] * OWN
    before = memory(served)
    async with asyncio.timeout(10 * MOST_SECONDS), asyncio.TaskGroup() as group:
        callers = [group.create_task(status(served.port, path)) for _ in range(CALLERS)]
        while frozen.asked < PER_HOST:
            assert {caller.result() for caller in callers if caller.done()} <= {503}
            await asyncio.sleep(0.01)
        own = [await status(served.port, "/api/v1/users") for _ in range(OWN)]
        while sum(caller.done() for caller in callers) < CALLERS - PER_HOST:
            await asyncio.sleep(0.01)

        assert own == [200] * OWN
        assert [one.result() for one in callers if one.done()] == [503] * (CALLERS - PER_HOST)
        assert frozen.asked == PER_HOST
        assert memory(served) < 2 * before
        served.terminate()
    assert sum(caller.result() != 503 for caller in callers) == PER_HOST
    frozen.close()
    server.close()


@pytest.mark.parametrize("server", ["uvicorn", "granian"])
def test_a_frozen_peer_takes_no_other_route_with_it(
    server: str, renderer: Renderer, environment: Environment, tmp_path: Path
) -> None:
    answers = {"preset": "minimal", "capabilities": ["http_client"], "server": server}
    project = renderer.copy(tmp_path / "project", **answers).folder
    (project / "src/app/api/routes/asked.py").write_text(ROUTE)
    settings = environment.variables() | SECRETS | AT_ONCE | PATIENT
    settings |= {"APP_DATABASE_URL": f"sqlite:///{tmp_path / 'it.db'}"}
    migrate(project, environment, settings)

    with service(project, environment, settings) as served:
        asyncio.run(crowded(served))
        code, _ = served.ended(MOST_SECONDS)

    assert code in {-signal.SIGTERM, 128 + signal.SIGTERM}
