"""Both ways in which a generated service gets a PostgreSQL server for its tests."""

import re
import secrets
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Render, Renderer
from tests.servers.commands import run
from tests.servers.serving import SECRETS, free_port, postgres

MISSING = (
    "No pg_ctl on this machine: install PostgreSQL (`apt-get install postgresql`, `brew install "
    "postgresql`). `tests/system-packages` does that for root on Debian."
)
ASK = """
import asyncio, asyncpg, sys

async def main():
    connection = await asyncpg.connect(sys.argv[1], password=sys.argv[2])
    print(await connection.fetchval("SHOW data_directory"), connection.get_server_version().major)
    await connection.close()

asyncio.run(main())
"""


@pytest.fixture(scope="session")
def project(renderer: Renderer) -> Render:
    return renderer.render(database_driver="asyncpg")


def has_local_programs() -> bool:
    known = Path("/").glob("usr/lib/postgresql/*/bin/pg_ctl")
    return bool(shutil.which("pg_ctl") or next(known, None))


@pytest.mark.slow
@pytest.mark.parametrize("source", ["local", "wheel"])
def test_a_server_is_started_used_and_stopped(
    project: Render, environment: Environment, source: str
) -> None:
    assert source == "wheel" or has_local_programs(), MISSING
    with tempfile.TemporaryDirectory(prefix="sources-") as place:
        data = Path(place, "data")
        with postgres(project.folder, environment, data, source) as server:
            settings = server.variables()
            url, password = settings["APP_DATABASE_URL"], settings["APP_DATABASE_PASSWORD"]
            ask = [environment.program("python"), "-c", ASK, url, password]
            directory, _ = subprocess.check_output(ask, text=True).split()
            assert directory == str(data)
        assert not (data / "postmaster.pid").exists()


@pytest.mark.slow
def test_a_command_has_a_database_on_a_machine_without_one(
    renderer: Renderer, environment: Environment, tmp_path: Path
) -> None:
    """By `python -m scripts.postgres`, as `just dev` calls it."""
    project = renderer.copy(tmp_path / "service", database_driver="asyncpg").folder
    settings = {
        "APP_DATABASE_URL": f"postgresql://app@127.0.0.1:{free_port()}/service",
        "APP_DATABASE_PASSWORD": secrets.token_urlsafe(),
    }
    command = [environment.program("python"), "-m", "scripts.postgres", "alembic", "upgrade"]
    status, output = run([*command, "head"], project, environment.variables() | SECRETS | settings)
    # For root it is outside of the project, where another account can get at it.
    started = re.search(r"Started PostgreSQL on port \d+, data in (.+)\.", output)
    assert status == 0, output
    assert started, output
    assert not Path(started[1], "postmaster.pid").exists()
    if tmp_path not in (place := Path(started[1]).parent).parents:
        shutil.rmtree(place)
