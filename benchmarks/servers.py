"""Servers under test: started, observed through the operating system, and stopped by their id."""

import os
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from benchmarks import processes
from benchmarks.errors import MeasurementError
from benchmarks.work import WORKS, Work
from tests.servers.serving import MOST_SECONDS, free_port


@dataclass(frozen=True)
class Plan:
    """How to start a server. Its port is in `$PORT`, as `just run` has it."""

    name: str
    command: str
    folder: Path
    variables: Mapping[str, str]
    ids: Path
    """A file with users that it may be asked for."""

    works: Mapping[str, Work] = field(default_factory=lambda: WORKS)
    """What it can be asked to do."""


@dataclass(frozen=True)
class Start:
    cpu_seconds: float
    seconds: float
    """Until the first answer."""


class Server:
    start: Start

    def __init__(
        self, plan: Plan, process: "subprocess.Popen[bytes]", port: int, log: Path
    ) -> None:
        self.name = plan.name
        self.works = plan.works
        self.ids = plan.ids
        self.port = port
        self._log = log
        self._process = process

    def call(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=MOST_SECONDS)
        try:
            connection.request(method, path, body, {"content-type": "application/json"})
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def cpu_seconds(self) -> float:
        return processes.cpu_seconds(self._process.pid)

    def resident_bytes(self) -> int:
        return processes.resident_bytes(self._process.pid)

    def settle(self) -> None:
        """Wait until it has finished what clients that are gone had asked for."""
        deadline = time.monotonic() + MOST_SECONDS
        before, now = -1.0, self.cpu_seconds()
        while now - before > 1.5 / processes.TICKS and time.monotonic() < deadline:
            time.sleep(0.05)
            before, now = now, self.cpu_seconds()

    def forget_log(self) -> None:
        """It is open for appending, so it goes on at the new end."""
        os.truncate(self._log, 0)

    def last_words(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]

    def wait(self, begin: float, most: float) -> Start:
        """Until it answers. Raises `MeasurementError` when it gives up or takes too long."""
        path = self.works["ping"].path
        while time.perf_counter() - begin < most and self._process.poll() is None:
            with suppress(OSError, HTTPException):
                if self.call("GET", path)[0] == 200:
                    return Start(self.cpu_seconds(), time.perf_counter() - begin)
            time.sleep(0.01)
        raise MeasurementError(f"{self.name} doesn't serve:\n{self.last_words()}")

    def stop(self) -> None:
        """It and all that it has started, which are the group that we made for it."""
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def serve(plan: Plan, logs: Path, most: float = MOST_SECONDS) -> Generator[Server]:
    """What it prints goes into a file in `logs`, as a supervisor would have it. It has so many
    seconds to start."""
    log = logs / f"{plan.name}.log"
    port, begin = free_port(), time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["sh", "-c", f"exec {plan.command}"],
            cwd=plan.folder,
            env={
                "APP_HTTP_DRAIN_DELAY": "0",
                **plan.variables,
                "HOST": "127.0.0.1",
                "PORT": str(port),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = Server(plan, process, port, log)
    try:
        server.start = server.wait(begin, most)
        yield server
    finally:
        server.stop()


@contextmanager
def serve_all(plans: Sequence[Plan], logs: Path) -> Generator[list[Server]]:
    """Started one after the other, so that none is in the way of the next."""
    with ExitStack() as stack:
        yield [stack.enter_context(serve(plan, logs)) for plan in plans]
