"""How a service starts and ends: by `just run`, which installs nothing, and as process 1 of a
container, whose signals the kernel drops unless somebody asks for them."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Render, Renderer
from tests.servers.serving import MOST_SECONDS, SECRETS, free_port

pytestmark = pytest.mark.slow

ENDED = 128 + signal.SIGTERM
"""What a shell makes of an end by SIGTERM, and process 1 has to by itself."""

REFUSED = 3
SERVES = r"Application startup complete|Started worker-"
"""What each worker logs when it takes requests."""

ECHO = 2.5
"""Seconds after which another SIGTERM is a second one."""


@pytest.fixture(scope="module", params=["uvicorn", "granian"])
def render(request: pytest.FixtureRequest, renderer: Renderer) -> Render:
    return renderer.render(server=request.param)


def variables(environment: Environment, **told: str) -> dict[str, str]:
    own = {"PORT": str(free_port()), "APP_ENVIRONMENT": "development", "APP_LOG_FORMAT": "json"}
    return environment.variables() | SECRETS | own | told


class Container:
    """A process that is number 1 to itself."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path, port: str) -> None:
        self._process = process
        self._log = log
        self.port = port

    def first(self) -> int:
        """As we know it: the child of the program that made the namespace."""
        listed = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        until(lambda: bool(listed.read_text()))
        return int(listed.read_text().split()[0])

    def terminate(self) -> None:
        os.kill(self.first(), signal.SIGTERM)

    def ended(self) -> int:
        return self._process.wait(timeout=MOST_SECONDS)

    def is_running(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        return self._log.read_text()

    def serve(self, workers: str) -> None:
        """Wait until all of them do."""
        until(lambda: len(re.findall(SERVES, self.said())) == int(workers) and is_live(self.port))


def is_live(port: str) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/health/live", timeout=MOST_SECONDS) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + MOST_SECONDS
    while not happens():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


@contextmanager
def contained(
    render: Render, environment: Environment, log: Path, **told: str
) -> Generator[Container]:
    program = shutil.which("unshare")
    assert program, "There is no unshare on this machine: it is part of util-linux."
    namespaces = ["--user", "--map-root-user"] if os.geteuid() else []
    alone = [program, *namespaces, "--pid", "--fork", "--mount-proc", "--kill-child"]
    given = variables(environment, **told)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*alone, environment.program("python"), "-m", "app", "serve"],
            cwd=render.folder,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield Container(process, log, given["PORT"])
    finally:
        process.kill()
        process.wait()


WORKERS = pytest.mark.parametrize("workers", ["1", "2"])


@WORKERS
def test_process_1_ends_by_one_signal_when_it_is_done_and_by_two_at_once(
    render: Render, environment: Environment, tmp_path: Path, workers: str
) -> None:
    told = {"WORKERS": workers, "APP_HTTP_DRAIN_DELAY": "0"}
    with contained(render, environment, tmp_path / "one", **told) as container:
        container.serve(workers)
        container.terminate()
        assert container.ended() == ENDED, container.said()

    with contained(
        render, environment, tmp_path / "two", **told | {"APP_HTTP_DRAIN_DELAY": "600"}
    ) as container:
        container.serve(workers)
        container.terminate()
        until(lambda: container.said().count("Draining") == int(workers))
        time.sleep(ECHO)
        assert container.is_running()
        container.terminate()
        assert container.ended() == ENDED, container.said()


# In front of what is imported for the application.
STARTING = """
import signal
print("it is starting", flush=True)
while True:
    signal.pause()
"""


@WORKERS
def test_process_1_hears_a_signal_while_it_starts(
    render: Render, environment: Environment, tmp_path: Path, workers: str
) -> None:
    """Nothing would end it otherwise."""
    slow = replace(render, folder=tmp_path / "slow")
    shutil.copytree(render.folder, slow.folder)
    (slow.folder / "src/app/main.py").write_text(STARTING)
    with contained(slow, environment, tmp_path / "log", WORKERS=workers) as container:
        until(lambda: container.said().count("it is starting") == int(workers))
        container.terminate()

        assert container.ended() == ENDED


@WORKERS
def test_process_1_tells_by_its_exit_code_that_settings_are_refused(
    render: Render, environment: Environment, tmp_path: Path, workers: str
) -> None:
    told = {"WORKERS": workers, "APP_LOG_LEVEL": "LOUD"}
    with contained(render, environment, tmp_path / "log", **told) as container:
        assert container.ended() == REFUSED
    assert "APP_LOG_LEVEL" in container.said()


def test_just_run_needs_neither_uv_nor_a_network_nor_a_home(
    render: Render, environment: Environment, tmp_path: Path
) -> None:
    """Whatever would install something is not there."""
    folder = tmp_path / "my-service"
    shutil.copytree(render.folder, folder)
    (folder / ".venv").symlink_to(environment.folder)
    given = variables(environment, PATH="/usr/bin:/bin", HOME="/nowhere", PYTHONPATH="src")
    del given["UV_PROJECT_ENVIRONMENT"]
    assert shutil.which("uv", path=given["PATH"]) is None

    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen(
            [environment.program("just"), "run"],
            cwd=folder,
            env=given | {"APP_HTTP_DRAIN_DELAY": "0"},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until(lambda: is_live(given["PORT"]) or process.poll() is not None)
        assert process.poll() is None, (tmp_path / "log").read_text()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=MOST_SECONDS)


COMMANDS = {
    "uvicorn": ["uvicorn", "app.main:create_app", "--factory"],
    "granian": ["granian", "--interface", "asgi", "--factory", "app.main:create_app"],
}


def test_the_command_of_the_server_itself_goes_on_working(
    render: Render, environment: Environment, tmp_path: Path
) -> None:
    given = variables(environment, APP_HTTP_DRAIN_DELAY="0")
    program, *arguments = COMMANDS[render.context["server"]]
    with (tmp_path / "log").open("wb") as output:
        process = subprocess.Popen(
            [environment.program(program), *arguments, "--port", given["PORT"]],
            cwd=render.folder,
            env=given,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        until(lambda: is_live(given["PORT"]))
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=MOST_SECONDS) in {0, -signal.SIGTERM}
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert "Draining" in (tmp_path / "log").read_text()


def test_the_port_is_closed_when_the_workers_have_stopped_listening(
    render: Render, environment: Environment, tmp_path: Path
) -> None:
    """And not when the last of them has ended: connections that come meanwhile would be reset."""
    patience = {"DRAIN_TIMEOUT": "600", "APP_HTTP_DEADLINE": "3600"}
    told = {"WORKERS": "2", "APP_HTTP_DRAIN_DELAY": "0", **patience}
    with contained(render, environment, tmp_path / "log", **told) as container:
        container.serve("2")
        port = int(container.port)
        with socket.create_connection(("127.0.0.1", port)) as held:
            held.sendall(
                b"POST /api/v1/auth/login HTTP/1.1\r\nHost: localhost\r\n"
                b"Content-Type: application/json\r\nContent-Length: 9\r\n"
                b"Expect: 100-continue\r\n\r\n"
            )
            assert held.recv(1000).startswith(b"HTTP/1.1 100 ")
            container.terminate()
            until(lambda: not takes(port))

            assert container.is_running()


def takes(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=MOST_SECONDS).close()
    except OSError:
        return False
    return True
