"""A real server process: it answers, survives errors, and stops when told."""

import os
import re
import signal
import socket
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from app.chassis.config import ChassisSettings

from .fixtures import PROJECT
from .serving import SERVES, YOURS, server, wait_for_lines, wait_until_live
from .things.factory import URL, box_body
from .waiting import PATIENCE

pytestmark = pytest.mark.thorough

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
    assert status == -signal.SIGTERM
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
    assert status == -signal.SIGTERM
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


FAILED = 3
"""The exit code of a start that would fail again."""


@pytest.mark.parametrize("workers", ["1", "2"])
def test_refused_settings_end_the_server_with_one_line(
    settings: ChassisSettings, tmp_path: Path, workers: str
) -> None:
    log = tmp_path / "log"
    refused = {"APP_HEALTH_TIMEOUT": "0", "APP_LOG_LEVEL": "LOUD", "WORKERS": workers}
    with server(settings, log, anew="it is about the start", **refused) as (process, _):
        assert process.wait(timeout=PATIENCE) == FAILED

    (line,) = log.read_text().splitlines()
    assert "APP_HEALTH_TIMEOUT: " in line
    assert "APP_LOG_LEVEL: " in line


@pytest.mark.parametrize(
    ("name", "value"),
    [("PORT", "http"), ("PORT", "65536"), ("WORKERS", "0"), ("DRAIN_TIMEOUT", "-1")],
)
def test_so_do_variables_of_the_command(
    settings: ChassisSettings, tmp_path: Path, name: str, value: str
) -> None:
    log = tmp_path / "log"
    with server(settings, log, **{name: value}) as (process, _):
        assert process.wait(timeout=PATIENCE) == FAILED

    (line,) = log.read_text().splitlines()
    assert line.startswith(f"{name} should be a whole number from ")


def test_an_address_that_somebody_has_is_told_in_one_line(
    settings: ChassisSettings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        port = str(somebody.getsockname()[1])
        with server(settings, log, PORT=port) as (process, _):
            assert process.wait(timeout=PATIENCE) == FAILED

    told = f"Can't listen on 127.0.0.1, port {port}: Address already in use. PORT chooses another."
    assert log.read_text() == f"{told}\n"


FAILING = """
import os, signal, sys

def without_database():
    from app.chassis.config import ChassisSettings
    from tests.chassis.things.application import create_app
    return create_app(ChassisSettings().model_copy(update={"database": None}))

def by_exit_code():
    sys.exit(7)

def by_exception():
    raise LookupError("broken".upper())

def by_signal():
    os.kill(os.getpid(), signal.SIGKILL)
"""
FAILURES = {
    "without_database": (FAILED, "startup failed"),
    "by_exit_code": (7, ""),
    "by_exception": (1, "BROKEN"),
}
"""Exit code and a word that is said. Where Python buffers nothing, more than one may be broken up
by what another worker says."""


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_start_that_fails_ends_the_server(
    settings: ChassisSettings, tmp_path: Path, failure: str, workers: int
) -> None:
    """Nobody tries again, which would fail again."""
    status, word = FAILURES[failure]

    said = start_and_fail(settings, tmp_path, f"failing:{failure}", status, workers)

    assert word in said
    assert not word or said.count(word) <= workers


def test_so_does_a_worker_that_is_killed_before_it_serves(
    settings: ChassisSettings, tmp_path: Path
) -> None:
    said = start_and_fail(settings, tmp_path, "failing:by_signal", FAILED, 2)

    assert "A worker has ended before it served" in said


def start_and_fail(
    settings: ChassisSettings, folder: Path, factory: str, status: int, workers: int
) -> str:
    """What the server says until it ends by itself, with that exit code."""
    (folder / "failing.py").write_text(FAILING)
    path = os.pathsep.join(map(str, (PROJECT / "src", PROJECT, folder)))
    log = folder / "log"
    told = {"anew": "it is about the start", "PYTHONPATH": path, "WORKERS": str(workers)}
    with server(settings, log, factory, **told) as (process, _):
        assert process.wait(timeout=PATIENCE) == status
    return log.read_text()


def test_a_worker_that_dies_is_replaced_while_others_serve(
    settings: ChassisSettings, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log, WORKERS="2") as (process, url):
        wait_until_live(process, url, log, workers=2)
        started = re.findall(r'"Started a worker", "worker": (\d+)', log.read_text())
        killed, other = map(int, started)
        os.kill(killed, signal.SIGKILL)
        wait_for_lines(log, SERVES, 3)
        os.kill(other, 0)  # it goes on
        live = httpx2.get(f"{url}/health/live", timeout=PATIENCE)
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=PATIENCE)

    assert (live.status_code, status) == (200, -signal.SIGTERM)
    assert log.read_text().count("A worker has ended; another takes its place") == 1
