"""A real server process: it answers, survives errors, and stops when told."""

import os
import signal
import socket
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from app.chassis.config import ChassisSettings

from .fixtures import PROJECT
from .serving import YOURS, Process, server, wait_until_live
from .things.factory import URL, box_body
from .waiting import PATIENCE

pytestmark = pytest.mark.processes

# What a client library would not send.
RAW_REQUESTS = {
    "header injection": b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
    b"X-Request-ID: 12345678\rX-Injected: 1\r\n\r\n",
    "folded header": b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
    b"X-Request-ID: 12345678\r\n X-Injected: 1\r\n\r\n",
    "NUL in a header": b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
    b"X-Request-ID: a\0b\r\n\r\n",
    "long request id": b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n"
    b"X-Request-ID: %b\r\n\r\n" % (b"x" * 10_000),
    "NUL in the path": b"GET /api/v1/boxes/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "not UTF-8 in the path": b"GET /api/v1/boxes/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "half an escape": b"GET /api/v1/boxes/%%f?after=%%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two lengths": b"POST /api/v1/boxes HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /api/v1/boxes HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: -1\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
}


def answer_to(url: str, request: bytes) -> bytes:
    """What the server sends until it is silent."""
    address = httpx2.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=PATIENCE) as peer:
        with suppress(OSError):  # it may have hung up already
            peer.sendall(request)
            peer.shutdown(socket.SHUT_WR)
        received = b""
        with suppress(ConnectionResetError):
            while piece := peer.recv(65_536):
                received += piece
    return received


def test_the_server_survives_what_is_hardly_http(
    settings: ChassisSettings, tables_made: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log) as (process, url):
        wait_until_live(process, url, log)
        answers = {name: answer_to(url, request) for name, request in RAW_REQUESTS.items()}
        health = httpx2.get(f"{url}/health/live")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)

    assert health.status_code == 200
    for name, answer in answers.items():
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert not head.startswith(b"http/1.1 5"), name
        assert b"\nx-injected" not in head, name
        assert len(head) < 2_000, name
    assert "Traceback" not in log.read_text()


def test_the_server_serves_and_stops(
    settings: ChassisSettings, tables_made: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log) as (process, url):
        wait_until_live(process, url, log)
        with httpx2.Client(base_url=url) as client:
            created = client.post(URL, json=box_body())
            place = f"{URL}/{created.json()['id']}"
            answers = [client.get(place), client.delete(place), client.get("/health/ready")]
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)

    assert [answer.status_code for answer in (created, *answers)] == [201, 200, 204, 200]
    assert status in {0, -signal.SIGTERM}
    output = log.read_text()
    assert '"level": "error"' not in output
    assert "Traceback" not in output
    assert "was destroyed" not in output


def test_so_does_your_application(
    settings: ChassisSettings, migrated: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log, YOURS) as (process, url):
        wait_until_live(process, url, log)
        ready = httpx2.get(f"{url}/health/ready")
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)

    assert ready.status_code == 200
    assert status in {0, -signal.SIGTERM}
    assert "Traceback" not in log.read_text()


def send_half_a_body(url: str) -> str:
    """The status line with which the server answers."""
    address = httpx2.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=PATIENCE) as caller:
        caller.sendall(
            b"POST /api/v1/boxes HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        return caller.recv(65_536).decode().partition("\r\n")[0]


def test_a_body_that_never_ends_is_given_up(
    settings: ChassisSettings, tables_made: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log, APP_HTTP_DEADLINE="0.5") as (process, url):
        wait_until_live(process, url, log)

        assert send_half_a_body(url).split()[1] == "504"


def wait_for_failure(process: Process, log: Path) -> str:
    """What a server said that gave up by itself, which it has to tell by its exit code."""
    assert process.wait(timeout=PATIENCE) > 0
    return log.read_text()


def test_refused_settings_end_the_server_with_one_line(
    settings: ChassisSettings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    refused = {"APP_HEALTH_TIMEOUT": "0", "APP_LOG_LEVEL": "LOUD"}
    with server(settings, log, anew="it is about the start", **refused) as (process, _):
        said = wait_for_failure(process, log)

    (line, *again) = [line for line in said.splitlines() if "refused" in line]
    assert "APP_HEALTH_TIMEOUT: " in line
    assert "APP_LOG_LEVEL: " in line
    assert len(again) < 2  # granian tries twice
    assert "Traceback" not in said


FAILING_TO_OPEN = """
from app.chassis.config import ChassisSettings
from tests.chassis.things.application import create_app

def create_broken_app():
    return create_app(ChassisSettings().model_copy(update={"database": None}))
"""


def test_a_resource_that_does_not_open_ends_the_server(
    settings: ChassisSettings, tmp_path: Path
) -> None:
    (tmp_path / "broken.py").write_text(FAILING_TO_OPEN)
    path = os.pathsep.join(map(str, (PROJECT / "src", PROJECT, tmp_path)))
    log = tmp_path / "log"
    told = {"anew": "it is about the start", "PYTHONPATH": path}
    with server(settings, log, "broken:create_broken_app", **told) as (process, _):
        said = wait_for_failure(process, log)

    assert "startup failed" in said
    assert said.count("startup failed") <= 2
