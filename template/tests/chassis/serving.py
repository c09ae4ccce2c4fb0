"""Real server processes, started as the service is."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx2
import pytest
from pydantic import SecretStr

from app.chassis.config import ChassisSettings
from scripts.setup import free_port

from . import witness
from .fixtures import PROJECT
from .forking import Forked, forker
from .waiting import MOST_FOR_HEALTH, PATIENCE

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
        "APP_HEALTH_TIMEOUT": str(MOST_FOR_HEALTH),
        "APP_HTTP_DEADLINE": "3600",  # none that a busy machine would miss
        "APP_HTTP_DRAIN_DELAY": "0",
        "APP_LOG_FORMAT": "json",
        "HOST": "127.0.0.1",
        "PYTHONPATH": os.pathsep.join(map(str, (PROJECT / "src", PROJECT))),
    }
    return {**os.environ, **values, **fixed, "PORT": str(port)}


def serve_command(factory: str, patience: str) -> list[str]:
    """A module and its arguments: the command that serves yours, or the one of the tests."""
    if factory == YOURS:
        return ["app", "serve"]
    return ["tests.chassis.things", "serve", factory, patience]


def can_fork(environment: Mapping[str, str]) -> bool:
    """Libraries read what workers share when they are imported."""
    return "PROMETHEUS_MULTIPROC_DIR" not in environment


def start(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, output: IO[bytes]
) -> Process:
    return subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        stdout=output,
        stderr=output,
        start_new_session=True,
    )


def fork(
    command: Sequence[str], environment: Mapping[str, str], folder: Path, output: IO[bytes]
) -> Forked:
    return forker().start(command, environment, folder, output, output)


@contextmanager
def server(
    settings: ChassisSettings,
    log: Path,
    factory: str = THINGS,
    *,
    anew: str = "",
    patience: str = "",
    **variables: str,
) -> Generator[tuple[Process, str]]:
    """A server process and its address; with its workers it is a group, which is killed if it
    outlives the block. `anew` says why it must not be forked,
    `patience` whether it is `little`."""
    port = free_port()
    with log.open("wb") as output:
        command = serve_command(factory, patience)
        given = environment(settings, port) | variables
        begin = start if anew or not can_fork(given) else fork
        process = begin(command, given, log.parent, output)  # in a folder where no .env is
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        witness.read(log.read_text())


@contextmanager
def live_server(settings: ChassisSettings, log: Path) -> Generator[str]:
    """The address of a server that answers."""
    with server(settings, log) as (process, url):
        wait_until_live(process, url, log)
        yield url


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
