"""A real server that is told to stop: it says so, finishes what it has begun, and leaves nothing
open."""

import asyncio
import json
import os
import signal
import socket
import time
from contextlib import ExitStack, closing
from pathlib import Path

import httpx2
import pytest

from app.chassis.config import ChassisSettings
from app.chassis.draining import ECHO

from .database import left_open
from .fixtures import PROJECT
from .running import running
from .serving import server, wait_for_lines, wait_until_live
from .things.application import create_app
from .things.factory import URL, box_body
from .waiting import PATIENCE

pytestmark = pytest.mark.thorough

STOPPED = -signal.SIGTERM
"""Ended by the signal, once all is done."""

DRAINS = "Draining: not ready any more"
TAKES_NO_MORE = r'"(Shutting down|Stopping worker-\d+)"'
"""What each worker logs: from the signal on, and when its server begins to stop."""


class Upload:
    """A request that takes as long as a test wants: the route waits for its body, which comes with
    `finish`."""

    def __init__(self, url: str) -> None:
        address = httpx2.URL(url)
        self._body = json.dumps(box_body()).encode()
        head = (
            f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(self._body)}\r\nExpect: 100-continue\r\n\r\n"
        )
        self._socket = socket.create_connection((address.host, address.port or 80), PATIENCE)
        self._socket.sendall(head.encode())
        # Sent when the application begins to read the body (RFC 9110, section 10.1.1).
        assert self._socket.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"

    def finish(self) -> int:
        """The status of the answer."""
        self._socket.sendall(self._body)
        status = int(self._socket.recv(65_536).split()[1])
        self.close()
        return status

    def is_ended(self) -> bool:
        """Whether the server hangs up, with or without a word."""
        try:
            while self._socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        self.close()
        return True

    def close(self) -> None:
        self._socket.close()


def readiness(url: str) -> httpx2.Response:
    return httpx2.get(f"{url}/health/ready", timeout=PATIENCE)


def test_a_service_that_stops_finishes_what_it_has_begun(
    own: ChassisSettings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    told = {"APP_HTTP_DRAIN_DELAY": "1", "DRAIN_TIMEOUT": str(PATIENCE), "WORKERS": "2"}
    with ExitStack() as stack, server(own, log, **told) as (process, url):
        wait_until_live(process, url, log, workers=2)
        uploads = [stack.enter_context(closing(Upload(url))) for _ in range(4)]
        os.killpg(process.pid, signal.SIGTERM)  # workers hear it once more, from their parent
        wait_for_lines(log, TAKES_NO_MORE, 2)
        statuses = [upload.finish() for upload in uploads]
        status = process.wait(timeout=PATIENCE)

    assert statuses == [201] * 4
    assert status == STOPPED
    assert '"level": "error"' not in log.read_text()


def test_a_request_that_outlasts_the_drain_is_ended(own: ChassisSettings, tmp_path: Path) -> None:
    """By the drain, since nothing else would end it within the test. With one process: of two that
    close a file of SQLite at once, neither may be the last, which takes its log away."""
    log = tmp_path / "log"
    with ExitStack() as stack, server(own, log, DRAIN_TIMEOUT="1") as (process, url):
        wait_until_live(process, url, log)
        upload = stack.enter_context(closing(Upload(url)))
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)
        spent = time.monotonic() - begin

        assert upload.is_ended()
    assert spent > 0.9
    assert status == STOPPED
    assert left_open(own.database) == []


def test_it_serves_until_load_balancers_know_and_a_second_signal_ends_it(
    own: ChassisSettings, tmp_path: Path
) -> None:
    """Whether the service still waits for load balancers, or for requests alone, and with a process
    that passes signals on or without one."""
    uploads: list[Upload] = []
    with ExitStack() as stack:
        processes, urls, logs = [], [], []
        for delay, workers in (("600", "1"), ("0", "1"), ("600", "2")):
            log = tmp_path / f"{delay}-{workers}"
            told = {"APP_HTTP_DRAIN_DELAY": delay, "DRAIN_TIMEOUT": "600", "WORKERS": workers}
            process, url = stack.enter_context(server(own, log, **told))
            wait_until_live(process, url, log, int(workers))
            uploads.append(stack.enter_context(closing(Upload(url))))
            processes.append(process)
            urls.append(url)
            logs.append(log)
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for log, count in zip(logs, (1, 1, 2), strict=True):
            wait_for_lines(log, DRAINS, count)
        ready = readiness(urls[0])
        live = httpx2.get(f"{urls[0]}/health/live", timeout=PATIENCE)
        time.sleep(ECHO + 0.1)
        ended = [process.poll() for process in processes]
        for process in processes:
            process.send_signal(signal.SIGTERM)

        assert (ready.status_code, ready.json()["type"]) == (503, "urn:problem-type:not-ready")
        assert "draining" in ready.json()["detail"]
        assert live.status_code == 200
        assert ended == [None] * 3
        assert all(process.wait(timeout=PATIENCE) == STOPPED for process in processes)
        assert all(upload.is_ended() for upload in uploads)


STARTING = """
import signal

def create_nothing():
    print("it is starting", flush=True)
    while True:
        signal.pause()
"""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_signal_while_it_starts_ends_it_at_once(
    own: ChassisSettings, tmp_path: Path, workers: int
) -> None:
    """Nothing would end it otherwise."""
    (tmp_path / "slow.py").write_text(STARTING)
    path = os.pathsep.join(map(str, (PROJECT / "src", PROJECT, tmp_path)))
    log = tmp_path / "log"
    told = {"WORKERS": str(workers), "PYTHONPATH": path, "anew": "it is about the start"}
    with server(own, log, "slow:create_nothing", **told) as (process, _):
        wait_for_lines(log, "it is starting", workers)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=PATIENCE) == STOPPED


OPENING = """
import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI

@asynccontextmanager
async def lifespan(app):
    print("it is opening", flush=True)
    while not Path("go on").exists():
        await asyncio.sleep(0.02)
    yield

def create_slow():
    return FastAPI(lifespan=lifespan)
"""


def test_nor_is_a_signal_lost_while_it_opens_what_it_needs(
    own: ChassisSettings, tmp_path: Path
) -> None:
    (tmp_path / "opening.py").write_text(OPENING)
    path = os.pathsep.join(map(str, (PROJECT / "src", PROJECT, tmp_path)))
    log = tmp_path / "log"
    told = {"PYTHONPATH": path, "anew": "it is about the start"}
    with server(own, log, "opening:create_slow", **told) as (process, _):
        wait_for_lines(log, "it is opening")
        process.send_signal(signal.SIGTERM)
        (tmp_path / "go on").touch()

        assert process.wait(timeout=PATIENCE) == STOPPED


async def test_the_signal_belongs_to_the_application_while_it_runs(
    settings: ChassisSettings,
) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async with running(create_app(settings)):
        assert signal.getsignal(signal.SIGTERM) != before
    assert signal.getsignal(signal.SIGTERM) == before


async def test_outside_of_the_main_thread_signals_stay_as_they_are(
    settings: ChassisSettings,
) -> None:
    before = signal.getsignal(signal.SIGTERM)

    async def start_and_stop() -> object:
        async with running(create_app(settings)):
            return signal.getsignal(signal.SIGTERM)

    assert await asyncio.to_thread(asyncio.run, start_and_stop()) == before
