"""Servers that really run: a render's service as `just run` starts it, and its PostgreSQL."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.installing import Environment
from tests.suites import run, steps_of

MOST_SECONDS = 30
"""Until a server has to answer."""

# Runs in the render: its own class, with the sources of programs that it knows.
POSTGRES = """
import asyncio, sys
from pathlib import Path
from scripts.postgres import Server

data, port, source, database = sys.argv[1:]
server = Server(data=Path(data), port=int(port), source=source or None)
with server.running():
    asyncio.run(server.create_database(database))
    print(server.user, server.password, flush=True)
    sys.stdin.read()
"""


@dataclass(frozen=True)
class Postgres:
    port: int
    user: str
    password: str
    database: str

    def variables(self) -> dict[str, str]:
        """The settings of a service that uses it."""
        return {
            "APP_DATABASE_URL": f"postgresql://{self.user}@127.0.0.1:{self.port}/{self.database}",
            "APP_DATABASE_PASSWORD": self.password,
        }


@contextmanager
def postgres(
    project: Path, environment: Environment, data: Path, source: str = ""
) -> Generator[Postgres]:
    """Started and stopped by the code of the render; it runs until its standard input ends."""
    port, database = free_port(), "service"
    arguments = [environment.program("python"), "-c", POSTGRES, str(data), str(port)]
    with subprocess.Popen(
        [*arguments, source, database],
        cwd=project,
        env=environment.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        ready = process.stdout.readline().split()
        if not ready:
            raise RuntimeError(f"PostgreSQL ({source or 'any'}): {process.stderr.read()}")
        user, password = ready
        yield Postgres(port, user, password, database)
        process.communicate()
    assert process.returncode == 0, "PostgreSQL was not stopped"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Service:
    """A running server; `stop` ends it and tells how it went."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self._process = process
        self._url = f"http://127.0.0.1:{port}"

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(  # the loopback interface
            self._url + path,
            data,
            {"content-type": "application/json", **names},
            method=method,
        )
        try:
            response = urlopen(request, timeout=MOST_SECONDS)
        except HTTPError as error:
            response = error
        with response:
            text = response.read().decode()
            lower = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, lower, json.loads(text) if text else None)

    def wait(self) -> None:
        """Until it answers; a server that gave up instead fails at once."""
        deadline = time.monotonic() + MOST_SECONDS
        while True:
            try:
                self.call("GET", "/health/live")
            except (URLError, ConnectionError) as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"It doesn't serve: {self.kill()}") from error
                time.sleep(0.1)
            else:
                return

    def stop(self, within: float) -> tuple[int, list[str]]:
        """Exit code and lines of the log. Raises `TimeoutExpired` when it doesn't stop."""
        self._process.send_signal(signal.SIGTERM)
        output, _ = self._process.communicate(timeout=within)
        return self._process.returncode, output.splitlines()

    def kill(self) -> str:
        """It and the processes it has started, which are the group that we made for it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        output, _ = self._process.communicate()
        return output


@contextmanager
def service(
    project: Path, environment: Environment, settings: dict[str, str]
) -> Generator[Service]:
    """On a migrated database, with the command of `just run`."""
    port = free_port()
    variables = environment.variables() | settings | {"HOST": "127.0.0.1", "PORT": str(port)}
    status, output = run([environment.program("alembic"), "upgrade", "head"], project, variables)
    assert status == 0, output
    (command,) = steps_of(project, "run")
    process = subprocess.Popen(
        ["sh", "-c", f"exec {command}"],
        cwd=project,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    running = Service(process, port)
    try:
        running.wait()
        yield running
    finally:
        if process.poll() is None:
            running.kill()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
