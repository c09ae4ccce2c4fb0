"""Real server processes, run as `just run` does."""

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

from app.chassis.config import ChassisSettings

from . import witness
from .fixtures import PROJECT

PATIENCE = 30
"""Seconds that a slow machine may take to start."""

YOURS = "app.main:create_app"
THINGS = "tests.chassis.things.application:create_app"
"""Factories of applications."""


def environment(settings: ChassisSettings, port: int) -> dict[str, str]:
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
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT / "src", PROJECT))),
    }
    return {**os.environ, **values, **fixed, "PORT": str(port)}


def serve_command() -> str:
    """What `just run` runs, without the environment manager around it."""
    recipe = (PROJECT / "justfile").read_text().partition("\nrun:\n")[2].splitlines()[0]
    return recipe.strip().replace("uv run ", "")


@contextmanager
def server(
    settings: ChassisSettings, log: Path, factory: str = THINGS, **variables: str
) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """A server process and its address; with its workers it is a group, which is killed if it
    outlives the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["sh", "-c", serve_command().replace(YOURS, factory)],
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
