"""Real server processes, run as `just run` does."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx2
import pytest
from pydantic import SecretStr

from app.chassis.config import ChassisSettings

from . import witness
from .fixtures import PROJECT
from .forking import Forked, forker
from .waiting import PATIENCE

Process = subprocess.Popen[bytes] | Forked

SERVES = r"Application startup complete|Started worker-"
"""What each worker of a server logs when it takes requests, and hears signals."""

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


def can_fork(command: str, environment: Mapping[str, str]) -> bool:
    """Workers are started anew by the server; libraries read what they share when imported."""
    is_alone = environment.get("WORKERS", "1") == "1"
    shares = "PROMETHEUS_MULTIPROC_DIR" in environment
    return command.startswith("exec uvicorn ") and is_alone and not shares


def fork(command: str, environment: Mapping[str, str], folder: Path, output: IO[bytes]) -> Forked:
    shown = command.replace("exec uvicorn", "printf '%s\\n'", 1)
    arguments = subprocess.check_output(["sh", "-c", shown], env=environment, text=True)
    asked = ["uvicorn", *arguments.splitlines()]
    return forker().start(asked, environment, folder, output, output)


def start(command: str, environment: Mapping[str, str], folder: Path, output: IO[bytes]) -> Process:
    return subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


@contextmanager
def server(
    settings: ChassisSettings,
    log: Path,
    factory: str = THINGS,
    *,
    anew: str = "",
    options: str = "",
    **variables: str,
) -> Generator[tuple[Process, str]]:
    """A server process and its address; with its workers it is a group, which is killed if it
    outlives the block. `anew` says why it must not be forked; of `options`, the last counts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as output:
        command = f"{serve_command().replace(YOURS, factory)} {options}"
        given = environment(settings, port) | variables
        begin = start if anew or not can_fork(command, given) else fork
        process = begin(command, given, log.parent, output)  # in a folder where no .env is
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        witness.read(log.read_text())


def wait_until(
    happens: Callable[[], bool],
    otherwise: Callable[[], str] = lambda: "what was waited for did not happen",
) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        if time.monotonic() > deadline:
            pytest.fail(otherwise())
        time.sleep(0.02)


def wait_for_lines(log: Path, pattern: str, count: int = 1) -> None:
    """Until that many lines of the log match."""
    wait_until(
        lambda: len(re.findall(pattern, log.read_text())) >= count,
        lambda: f"{count} x {pattern!r} did not come:\n{log.read_text()}",
    )


def is_live(url: str) -> bool:
    try:
        httpx2.get(f"{url}/health/live", timeout=PATIENCE)
    except httpx2.TransportError:
        return False
    return True


def wait_until_live(process: Process, url: str, log: Path, workers: int = 1) -> None:
    """Until all its workers serve: one that is told to stop while it starts may miss it."""

    def serves() -> bool:
        if process.poll() is not None:
            pytest.fail(f"the server did not start:\n{log.read_text()}")
        return len(re.findall(SERVES, log.read_text())) >= workers and is_live(url)

    wait_until(serves, lambda: f"not all workers serve:\n{log.read_text()}")
