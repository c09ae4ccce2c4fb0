"""A real server process: it answers, survives errors, and stops when told."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from app.config import Settings

from ..letting_in import headers_of_an_admin
from ..resources.users import user_body
from . import witness
from .fixtures import PROJECT

PATIENCE = 30
"""Seconds that a slow machine may take to start."""

FACTORY = "app.main:create_app"


def environment(settings: Settings, port: int) -> dict[str, str]:
    """The settings of the session's database as environment variables."""
    database = settings.database.model_dump(include={"url", "password"})
    values = {
        f"APP_DATABASE_{name}".upper(): value.get_secret_value()
        if isinstance(value, SecretStr)
        else str(value)
        for name, value in database.items()
    }
    fixed = {
        "APP_ENVIRONMENT": "test",
        "APP_HTTP_DRAIN_DELAY": "0",
        "APP_LOG_FORMAT": "json",
        "HOST": "127.0.0.1",
        "PYTHONPATH": str(PROJECT / "src"),
    }
    return {**os.environ, **values, **fixed, "PORT": str(port)}


def serve_command() -> str:
    """What `just run` runs, without the environment manager around it."""
    recipe = (PROJECT / "justfile").read_text().partition("\nrun:\n")[2].splitlines()[0]
    return recipe.strip().replace("uv run ", "")


@contextmanager
def server(
    settings: Settings, log: Path, factory: str = FACTORY, **variables: str
) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """A server process and its address; with its workers it is a group, which is killed if it
    outlives the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", serve_command().replace(FACTORY, factory)],
            cwd=log.parent,  # where no .env is
            env=environment(settings, port) | variables,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        witness.read(log.read_text())


def wait_until_live(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(f"{url}/health/live")
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"the server did not start:\n{log.read_text()}")


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
    "NUL in the path": b"GET /api/v1/users/\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "not UTF-8 in the path": b"GET /api/v1/users/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "half an escape": b"GET /api/v1/users/%%f?after=%%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "two lengths": b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "negative length": b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Length: -1\r\n\r\n",
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
}


def answer_to(url: str, request: bytes) -> bytes:
    """What the server sends until it is silent."""
    with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5) as peer:
        with suppress(OSError):  # it may have hung up already
            peer.sendall(request)
            peer.shutdown(socket.SHUT_WR)
        received = b""
        with suppress(ConnectionResetError):
            while piece := peer.recv(65_536):
                received += piece
    return received


def test_the_server_survives_what_is_hardly_http(
    settings: Settings, migrated: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log) as (process, url):
        wait_until_live(process, url, log)
        answers = {name: answer_to(url, request) for name, request in RAW_REQUESTS.items()}
        health = httpx2.get(f"{url}/health/live")
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)

    assert health.status_code == 200
    for name, answer in answers.items():
        head = answer.partition(b"\r\n\r\n")[0].lower()
        assert not head.startswith(b"http/1.1 5"), name
        assert b"\nx-injected" not in head, name
        assert len(head) < 2_000, name
    assert "Traceback" not in log.read_text()


def test_the_server_serves_and_stops(settings: Settings, migrated: None, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with headers_of_an_admin(settings) as headers, server(settings, log) as (process, url):
        wait_until_live(process, url, log)
        with httpx2.Client(base_url=url, headers=headers) as client:
            created = client.post("/api/v1/users", json=user_body())
            found = client.get(created.headers["location"])
            removed = client.delete(created.headers["location"])
            ready = client.get("/health/ready")
        process.send_signal(signal.SIGTERM)
        status = process.wait(timeout=10)

    assert [r.status_code for r in (created, found, removed, ready)] == [201, 200, 204, 200]
    assert status in {0, -signal.SIGTERM}
    output = log.read_text()
    assert '"level": "error"' not in output
    assert "Traceback" not in output
    assert "was destroyed" not in output


def send_half_a_body(url: str) -> str:
    """The status line with which the server answers."""
    address = httpx2.URL(url)
    with socket.create_connection((address.host, address.port or 80), timeout=PATIENCE) as caller:
        caller.sendall(
            b"POST /api/v1/users HTTP/1.1\r\nHost: localhost\r\n"
            b"Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
        )
        return caller.recv(65_536).decode().partition("\r\n")[0]


def test_a_body_that_never_ends_is_given_up(
    settings: Settings, migrated: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with server(settings, log, APP_HTTP_DEADLINE="0.5") as (process, url):
        wait_until_live(process, url, log)
        begin = time.monotonic()

        assert send_half_a_body(url).split()[1] == "504"
        assert 0.5 <= time.monotonic() - begin < 10


def wait_for_failure(process: subprocess.Popen[bytes], log: Path) -> str:
    """What a server said that gave up by itself, which it has to tell by its exit code."""
    assert process.wait(timeout=PATIENCE) > 0
    return log.read_text()


def test_refused_settings_end_the_server_with_one_line(settings: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with server(settings, log, APP_HEALTH_TIMEOUT="0", APP_LOG_LEVEL="LOUD") as (process, _):
        said = wait_for_failure(process, log)

    (line, *again) = [line for line in said.splitlines() if "refused" in line]
    assert "APP_HEALTH_TIMEOUT: " in line
    assert "APP_LOG_LEVEL: " in line
    assert len(again) < 2  # granian tries twice
    assert "Traceback" not in said


FAILING_TO_OPEN = """
from app.config import Settings
from app.main import create_app

def create_broken_app():
    return create_app(Settings().model_copy(update={"database": None}))
"""


def test_a_resource_that_does_not_open_ends_the_server(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text(FAILING_TO_OPEN)
    path = f"{PROJECT / 'src'}{os.pathsep}{tmp_path}"
    log = tmp_path / "log"
    factory = "broken:create_broken_app"
    with server(settings, log, factory, PYTHONPATH=path) as (process, _):
        said = wait_for_failure(process, log)

    assert "startup failed" in said
    assert said.count("startup failed") <= 2
