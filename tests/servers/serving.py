"""Servers that really run: a render's service as `just run` starts it, and its PostgreSQL."""

import json
import os
import secrets
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from tests.environments.installing import Environment
from tests.servers.commands import run, steps_of

SECRETS = {
    "APP_AUTH_SECRETS": json.dumps([secrets.token_urlsafe(32)]),
    "APP_METRICS_TOKEN": secrets.token_urlsafe(32),
}
"""Without those that it knows, a service doesn't start in production; it ignores the others."""

AT_ONCE = {"APP_HTTP_DRAIN_DELAY": "0"}
"""No balancer watches: a server that is told to stop need not wait for one to notice."""

MOST_SECONDS = 30
"""Until a server has to answer."""

TELLS_OF_CLIENTS = "-c log_min_messages=debug1"
"""Only at this level the server's log knows clients that vanish."""

# Runs in the render: its own class, with the sources of programs that it knows.
POSTGRES = """
import asyncio, asyncpg, json, os, signal, sys
from contextlib import ExitStack, suppress
from pathlib import Path
from scripts.postgres import Server, Programs
from urllib.parse import unquote, urlsplit

data, port, source, database, more, *primary = sys.argv[1:]
options = f"{Server.options} {more}"
known = {"password": unquote(urlsplit(primary[0]).password)} if primary else {}
server = Server(data=Path(data), port=int(port), source=source or None, options=options, **known)

async def sessions():
    place = {"host": "127.0.0.1", "port": server.port, "database": "postgres"}
    connection = await asyncpg.connect(user=server.user, password=server.password, **place)
    ask = "SELECT coalesce(state, '') FROM pg_stat_activity WHERE datname = $1"
    states = await connection.fetch(ask, database)
    await connection.close()
    return [state for state, in states]

async def ask(question):
    place = {"host": "127.0.0.1", "port": server.port, "database": database}
    connection = await asyncpg.connect(user=server.user, password=server.password, **place)
    answer = await connection.fetchval(question)
    await connection.close()
    return str(answer)

with ExitStack() as running:
    if primary:
        programs = Programs.find(server.source, server.data.parent)
        programs.own(server.data)
        programs.run("pg_basebackup", "-R", "-c", "fast", "-D", server.data, "-d", *primary)
    running.enter_context(server.running())
    asyncio.run(server.create_database(database))
    print(json.dumps([server.user, server.password]), flush=True)
    for command in sys.stdin:
        done = None
        if command == "stop\\n":
            running.close()
        elif command == "crash\\n":
            process = int((server.data / "postmaster.pid").read_text().split()[0])
            os.kill(process, signal.SIGQUIT)
            with suppress(RuntimeError):  # of `pg_ctl`, which may find nothing to stop any more
                running.close()
        elif command == "start\\n":
            running.enter_context(server.running())
        elif command == "vanished\\n":
            done = (server.data / "server.log").read_text().count("unexpected EOF on client")
        elif command.startswith("SELECT"):
            done = asyncio.run(ask(command))
        else:
            done = asyncio.run(sessions())
        print(json.dumps(done), flush=True)
"""


@dataclass(frozen=True)
class Postgres:
    """A database on a server; if the server is ours, one that can be stopped and asked."""

    port: int
    user: str
    password: str
    database: str
    host: str = "127.0.0.1"
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """With the password; services get that by itself."""
        return self._url(f"{quote(self.user)}:{quote(self.password)}")

    def variables(self, replica: "Postgres | None" = None) -> dict[str, str]:
        """The settings of a service that uses it, and reads from the replica."""
        settings = {
            "APP_DATABASE_URL": self._url(self.user),
            "APP_DATABASE_PASSWORD": self.password,
        }
        return settings | ({"APP_DATABASE_REPLICA_URL": replica._url(self.user)} if replica else {})

    def _url(self, account: str) -> str:
        return f"postgresql://{account}@{self.host}:{self.port}/{self.database}"

    def stop(self) -> None:
        self._tell("stop")

    def crash(self) -> None:
        """At once: nobody is told, nothing is written."""
        self._tell("crash")

    def start(self) -> None:
        """Again, with all that was stored."""
        self._tell("start")

    def sessions(self) -> list[str]:
        """The state of each connection to the database, as in `pg_stat_activity`."""
        states: list[str] = self._tell("sessions")
        return states

    def ask(self, question: str) -> str:
        """The first value that a SELECT gives, in one line, as text."""
        answer: str = self._tell(question)
        return answer

    def vanished(self) -> int:
        """Clients that have gone without a goodbye, if it runs with `TELLS_OF_CLIENTS`."""
        count: int = self._tell("vanished")
        return count

    def _tell(self, command: str) -> Any:
        assert self._process, "a server of somebody else"
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


@contextmanager
def postgres(
    project: Path, environment: Environment, data: Path, source: str = "", options: str = ""
) -> Generator[Postgres]:
    """Started and stopped by the code of the render; it runs until its standard input ends."""
    with _server(project, environment, str(data), source, options) as server:
        yield server


@contextmanager
def replica_of(
    primary: Postgres, project: Path, environment: Environment, data: Path
) -> Generator[Postgres]:
    """Another server, that follows the primary from now on."""
    with _server(project, environment, str(data), "", "", primary.url) as server:
        yield server


@contextmanager
def _server(project: Path, environment: Environment, *arguments: str) -> Generator[Postgres]:
    data, source, options, *primary = arguments
    port, database = free_port(), "service"
    program = [environment.program("python"), "-c", POSTGRES]
    with subprocess.Popen(
        [*program, data, str(port), source, database, options, *primary],
        cwd=project,
        env=environment.variables(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stderr
        ready = process.stdout.readline()
        if not ready:
            raise RuntimeError(f"PostgreSQL ({source or 'any'}): {process.stderr.read()}")
        user, password = json.loads(ready)
        yield Postgres(port, user, password, database, _process=process)
        process.communicate()
    assert process.returncode == 0, "PostgreSQL was not stopped"


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


class Service:
    """A running server; `stop` ends it and tells how it went."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: IO[bytes]) -> None:
        self._process = process
        self.port = port
        self._url = f"http://127.0.0.1:{port}"
        self._log = log
        self.headers: dict[str, str] = {}
        """Sent with each call."""

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(  # the loopback interface
            self._url + path,
            data,
            {"content-type": "application/json", **self.headers, **names},
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

    @property
    def pid(self) -> int:
        return self._process.pid

    def is_running(self) -> bool:
        return self._process.poll() is None

    def stop(self, within: float) -> tuple[int, list[str]]:
        """Exit code and lines of the log. Raises `TimeoutExpired` when it doesn't stop."""
        self.terminate()
        return self.ended(within)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def ended(self, within: float) -> tuple[int, list[str]]:
        """The same without asking it to."""
        self._process.wait(timeout=within)
        return self._process.returncode, self._said().splitlines()

    def kill(self) -> str:
        """It and the processes it has started, which are the group that we made for it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        return self._said()

    def _said(self) -> str:
        self._log.seek(0)
        return self._log.read().decode()


def migrate(project: Path, environment: Environment, settings: dict[str, str]) -> None:
    variables = environment.variables() | SECRETS | settings
    status, output = run([environment.program("alembic"), "upgrade", "head"], project, variables)
    assert status == 0, output


def create_admin(
    project: Path, environment: Environment, settings: dict[str, str], email: str, password: str
) -> None:
    """With the command of that name."""
    variables = environment.variables() | SECRETS | settings | {"ADMIN_PASSWORD": password}
    command = [environment.program("python"), "-m", "app", "create-admin", email]
    status, output = run(command, project, variables)
    assert status == 0, output


@contextmanager
def service(
    project: Path, environment: Environment, settings: dict[str, str]
) -> Generator[Service]:
    """With the command of `just run`, on a database that is migrated already."""
    port = free_port()
    # Warnings of what was never closed are silent unless somebody asks for them.
    told = {"HOST": "127.0.0.1", "PORT": str(port), "PYTHONWARNINGS": "always::ResourceWarning"}
    (command,) = steps_of(project, "run")
    with tempfile.TemporaryFile() as log:  # a pipe that nobody reads would fill up
        process = subprocess.Popen(
            ["sh", "-c", f"exec {command}"],
            cwd=project,
            env=environment.variables() | SECRETS | AT_ONCE | settings | told,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running = Service(process, port, log)
        try:
            running.wait()
            yield running
        finally:
            if process.poll() is None:
                running.kill()


def free_port() -> int:
    """As projects find one in `scripts/setup.py`: none of those that systems lend to whoever
    connects, which could take it before the server does."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
