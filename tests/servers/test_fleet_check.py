"""A fleet that its server has no room for doesn't start, where that is wanted."""

import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Render, Renderer
from tests.servers.commands import steps_of
from tests.servers.serving import SECRETS, Postgres, free_port, postgres, service

pytestmark = pytest.mark.slow

SMALL = {
    # 10 of 24 stay free.
    "local": "-c max_connections=24",
    # 12 + 3 of 29 are reserved, which PostgreSQL 16 and newer can do.
    "wheel": "-c max_connections=29 -c reserved_connections=12",
}
AVAILABLE = 14


@pytest.fixture(scope="module", params=["uvicorn", "granian"])
def render(request: pytest.FixtureRequest, renderer: Renderer) -> Render:
    return renderer.render(database_driver="asyncpg", server=request.param)


@pytest.fixture(scope="module", params=SMALL)
def small(
    request: pytest.FixtureRequest, render: Render, environment: Environment
) -> Generator[Postgres]:
    """A server with few connections."""
    with (
        tempfile.TemporaryDirectory(prefix="small-") as place,
        postgres(
            render.folder, environment, Path(place, "data"), request.param, SMALL[request.param]
        ) as server,
    ):
        yield server


def settings(server: Postgres, size: int, check: str) -> dict[str, str]:
    sizes = {"APP_DATABASE_POOL_SIZE": str(size), "APP_DATABASE_INSTANCES": "2"}
    return server.variables() | sizes | {"APP_DATABASE_FLEET_CHECK": check}


def start(render: Render, environment: Environment, variables: dict[str, str]) -> tuple[int, str]:
    """Exit code and words of a service that ends by itself."""
    (command,) = steps_of(render.folder, "run")
    address = {"HOST": "127.0.0.1", "PORT": str(free_port())}
    done = subprocess.run(
        ["sh", "-c", f"exec {command}"],
        cwd=render.folder,
        env=environment.variables() | SECRETS | variables | address,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_fleet_that_is_too_large_does_not_start(
    render: Render, environment: Environment, small: Postgres
) -> None:
    code, said = start(render, environment, settings(small, AVAILABLE // 2 + 1, "refuse"))

    assert code not in {0, -15}, said
    assert f"could take {AVAILABLE + 2}, but the server has {AVAILABLE} to give" in said
    assert "APP_DATABASE_FLEET_CHECK=warn" in said
    assert small.sessions() == []


def test_a_fleet_that_fits_starts(
    render: Render, environment: Environment, small: Postgres
) -> None:
    with service(render.folder, environment, settings(small, AVAILABLE // 2, "refuse")) as running:
        _, lines = running.stop(within=10)

    assert "could" not in "\n".join(lines)


def test_a_fleet_that_is_too_large_is_warned_about_by_default(
    render: Render, environment: Environment, small: Postgres
) -> None:
    variables = settings(small, AVAILABLE, "warn")
    del variables["APP_DATABASE_FLEET_CHECK"]
    with service(render.folder, environment, variables) as running:
        _, lines = running.stop(within=10)

    assert "could exhaust the server's connections" in "\n".join(lines)


def test_a_server_that_cannot_be_asked_keeps_nothing_from_starting(
    render: Render, environment: Environment
) -> None:
    nowhere = Postgres(free_port(), "app", "jPmZ4vH3q2J8", "service")
    with service(render.folder, environment, settings(nowhere, 1000, "refuse")) as running:
        _, lines = running.stop(within=10)

    assert "could not be asked" in "\n".join(lines)
