"""A process that has imported what a served application imports, and forks for each program that a
test runs: nearly all of the time of such a program would be its imports.

What is forked has a session, an environment, a folder and an output of its own, real signals and a
real exit code. It is no new process for what is about the start itself: imports, settings that are
refused, variables that libraries read when they are imported. Tests of these start processes.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import selectors
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Any

IMPORTED = (
    "app.main",
    "app.chassis.parts.tracing.recording",
    "app.chassis.serving",
    "tests.chassis.things.application",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
    "alembic.command",
    "alembic.config",
    "sqlalchemy.dialects.postgresql.asyncpg",
    "sqlalchemy.dialects.sqlite.aiosqlite",
)
"""A variant has some of them."""

PROJECT = Path(__file__).parents[2]
LENGTH = 8
"""Bytes that say how long a request is."""


class Forked:
    """A program that was forked, to be treated like a `Popen`."""

    def __init__(self, told: socket.socket) -> None:
        """By `told` come its id and, once it has ended, its exit code."""
        self._told = told.makefile("rb")
        told.close()
        self.pid = int(self._told.readline())
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(timeout=0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            with selectors.DefaultSelector() as selector:
                selector.register(self._told, selectors.EVENT_READ)
                if not selector.select(timeout):
                    raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            self.returncode = int(self._told.readline())
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)


class Forker:
    """The tests' side of the process that forks. It ends with the tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking, asked = socket.socketpair()
        variables = {n: v for n, v in os.environ.items() if not n.startswith("APP_")}
        path = os.pathsep.join(map(str, (PROJECT / "src", PROJECT)))
        with asked:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.chassis.forking", str(asked.fileno())],
                cwd=PROJECT,
                env=variables | {"PYTHONPATH": path},
                stdin=subprocess.DEVNULL,
                pass_fds=[asked.fileno()],
                start_new_session=True,
            )

    def start(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: IO[Any],
        errors: IO[Any],
    ) -> Forked:
        """Run a module with arguments, as `python -m` does."""
        request = {"command": [*command], "environment": {**environment}, "folder": str(folder)}
        data = json.dumps(request).encode()
        mine, its = socket.socketpair()
        with its:
            given = [output.fileno(), errors.fileno(), its.fileno()]
            with self._lock:
                socket.send_fds(self._asking, [len(data).to_bytes(LENGTH)], given)
                self._asking.sendall(data)
        return Forked(mine)

    def close(self) -> None:
        self._asking.close()
        self._process.wait()


@cache
def forker() -> Forker:
    forker = Forker()
    atexit.register(forker.close)
    return forker


def run_forked(
    command: Sequence[str], environment: Mapping[str, str], folder: Path = PROJECT
) -> "subprocess.CompletedProcess[str]":
    """Run a module to its end."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        status = forker().start(command, environment, folder, output, errors).wait()
        said = []
        for file in (output, errors):
            file.seek(0)
            said.append(file.read())
    return subprocess.CompletedProcess(command, status, *said)


def _fork_for_each(asked: socket.socket) -> Sequence[str]:
    """Returns in each process that was forked, with its command; the others never get there."""
    told: dict[int, socket.socket] = {}
    with selectors.DefaultSelector() as selector:
        selector.register(asked, selectors.EVENT_READ)
        while True:
            # Whose programs run looks after them often; one with none to look after sleeps.
            if selector.select(0.02 if told else None):
                length, (output, errors, its), *_ = socket.recv_fds(asked, LENGTH, 3)
                if not length:
                    sys.exit()
                data = asked.recv(int.from_bytes(length), socket.MSG_WAITALL)
                teller = socket.socket(fileno=its)
                if (pid := os.fork()) == 0:
                    break
                told[pid] = teller
                os.close(output)
                os.close(errors)
            _tell_who_ended(told)
    for sock in (asked, *told.values()):
        sock.close()
    return _become(json.loads(data), output, errors, teller)


def _tell_who_ended(told: dict[int, socket.socket]) -> None:
    while told:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with told.pop(pid) as teller, suppress(OSError):  # a test may have ended before
            teller.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _become(request: dict[str, Any], output: int, errors: int, teller: socket.socket) -> list[str]:
    os.setsid()
    with teller:
        teller.sendall(b"%d\n" % os.getpid())
    for given, number in ((os.open(os.devnull, os.O_RDONLY), 0), (output, 1), (errors, 2)):
        os.dup2(given, number)
        os.close(given)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    path = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[:1] = [str(Path(entry).absolute()) for entry in ("", *path)]
    command: list[str] = request["command"]
    return command


def main() -> None:
    before = dict(os.environ)
    for name in IMPORTED:
        with suppress(ImportError):
            importlib.import_module(name)
    assert dict(os.environ) == before, "an import has changed the environment"
    assert threading.active_count() == 1, "what is forked would wait for locks of a thread"
    gc.freeze()
    module, *arguments = _fork_for_each(socket.socket(fileno=int(sys.argv[1])))
    sys.argv[:] = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
