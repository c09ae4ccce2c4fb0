"""A real server that is told to stop: it says so, finishes what it has begun, and leaves nothing
open."""

import asyncio
import json
import os
import signal
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import httpx2

from app.chassis.config import ChassisSettings
from app.chassis.draining import ECHO

from .database import left_open
from .running import running
from .serving import PATIENCE, server, wait_until_live
from .things.application import create_app
from .things.factory import URL, box_body

STOPPED = {0, -signal.SIGTERM}
"""Done, or ended by the signal once all is done: uvicorn raises it again at its end."""


class Upload:
    """A request that takes as long as a test wants: half of its body comes at once, the rest with
    `finish`."""

    def __init__(self, url: str) -> None:
        address = httpx2.URL(url)
        body = json.dumps(box_body()).encode()
        head = (
            f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self._rest = body[10:]
        self._socket = socket.create_connection((address.host, address.port or 80), PATIENCE)
        self._socket.sendall(head.encode() + body[:10])

    def finish(self) -> int:
        """The status of the answer."""
        self._socket.sendall(self._rest)
        status = int(self._socket.recv(65_536).split()[1])
        self._socket.close()
        return status

    def is_ended(self) -> bool:
        """Whether the server hangs up, with or without a word."""
        try:
            while self._socket.recv(65_536):
                pass
        except ConnectionResetError:
            pass
        self._socket.close()
        return True


def wait_until_not_ready(url: str) -> httpx2.Response:
    deadline = time.monotonic() + PATIENCE
    while (answer := httpx2.get(f"{url}/health/ready")).status_code == 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return answer


def test_a_service_that_stops_says_so_and_finishes_what_it_has_begun(
    own: ChassisSettings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    told = {"APP_HTTP_DRAIN_DELAY": "2", "DRAIN_TIMEOUT": "20", "WORKERS": "2"}
    with server(own, log, **told) as (process, url):
        wait_until_live(process, url, log)
        uploads = [Upload(url) for _ in range(4)]
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGTERM)  # workers hear it once more, from their parent
        begin = time.monotonic()
        ready = wait_until_not_ready(url)
        noticed = time.monotonic() - begin
        time.sleep(max(0.0, 1.2 - noticed))
        boxes = httpx2.get(f"{url}{URL}")
        time.sleep(1.3)  # by now it takes no more
        statuses = [upload.finish() for upload in uploads]
        status = process.wait(timeout=10)

    assert noticed < 1
    assert ready.json()["type"] == "urn:problem-type:not-ready"
    assert "draining" in ready.json()["detail"]
    assert (boxes.status_code, statuses) == (200, [201] * 4)
    assert status in STOPPED
    assert left_open(own.database) == []
    assert '"level": "error"' not in log.read_text()


def test_a_request_that_outlasts_the_drain_is_ended(own: ChassisSettings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with server(own, log, DRAIN_TIMEOUT="1") as (process, url):
        wait_until_live(process, url, log)
        upload = Upload(url)
        time.sleep(0.2)
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)
        spent = time.monotonic() - begin

        assert upload.is_ended()
    assert 0.9 < spent < 3
    assert status in STOPPED


def test_a_second_signal_ends_it(own: ChassisSettings, tmp_path: Path) -> None:
    """Whether the service still waits for load balancers, or for requests alone."""
    uploads: list[Upload] = []
    with ExitStack() as stack:
        processes = []
        for delay in ("60", "0"):
            log = tmp_path / delay
            told = {"APP_HTTP_DRAIN_DELAY": delay, "DRAIN_TIMEOUT": "60"}
            process, url = stack.enter_context(server(own, log, **told))
            wait_until_live(process, url, log)
            uploads.append(Upload(url))
            processes.append(process)
        time.sleep(0.2)
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)
        time.sleep(ECHO + 0.1)
        ended = [process.poll() for process in processes]
        for process in processes:
            os.killpg(process.pid, signal.SIGTERM)  # a parent that waits passes nothing on

        assert ended == [None, None]
        assert all(process.wait(timeout=5) in STOPPED for process in processes)
        assert all(upload.is_ended() for upload in uploads)
    assert left_open(own.database) == []


def test_a_signal_while_it_starts_ends_it_in_time(own: ChassisSettings, tmp_path: Path) -> None:
    with server(own, tmp_path / "log", DRAIN_TIMEOUT="1") as (process, _):
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) in STOPPED


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
