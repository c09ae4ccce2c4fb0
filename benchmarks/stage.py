"""What all servers of a run share: packages, renders to start from, and a filled PostgreSQL."""

import asyncio
import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import asyncpg

from benchmarks.data import Size, fill_postgres, user_id
from benchmarks.errors import MeasurementError
from benchmarks.load import find_wrk
from tests.conftest import FOREIGN
from tests.environments.installing import LOWEST, Environment, install_union, interpreter
from tests.rendering.renders import ROOT, Renderer
from tests.servers.commands import run
from tests.servers.pgbouncer import program as pgbouncer
from tests.servers.serving import Postgres, postgres
from tests.variants.numbered import VARIANTS_FOLDER

# Whose routes are open: what signing in costs is no part of any figure.
STANDARD = {"database_driver": "asyncpg", "auth": "none", "capabilities": []}
# So many that all servers keep their pools open, and no clean-up in the background of a slice.
TUNING = ("max_connections = 500", "autovacuum = off", "max_wal_size = '4GB'")
MOST_IDS = 10_000


@dataclass(frozen=True)
class Stage:
    folder: Path
    renderer: Renderer
    environment: Environment
    overlay: Path
    """The packages that no service has."""

    postgres: Postgres
    """With an empty database that has the tables and one that is filled."""

    size: Size

    @property
    def database_process(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def render(self, name: str, **answers: Any) -> Path:
        """A project of its own."""
        return self.renderer.copy(self.folder / name, **answers).folder

    def compile(self, project: Path) -> None:
        """As an installation does it, so that no start has to."""
        command = [self.environment.program("python"), "-m", "compileall", "-q", "src"]
        subprocess.run(command, cwd=project, check=True)

    def migrate(self, project: Path, settings: Mapping[str, str]) -> None:
        variables = self.environment.variables() | dict(settings)
        command = [self.environment.program("alembic"), "upgrade", "head"]
        status, output = run(command, project, variables)
        if status:
            raise MeasurementError(f"The migrations failed:\n{output}")

    def database(self, name: str, size: Size | None = None) -> Postgres:
        """A copy of the filled one, or one that is filled with so much."""
        own = "of-" + re.sub(r"\W+", "-", name)
        template = self.postgres.database if size else FILLED
        asyncio.run(_execute(self.postgres, f'CREATE DATABASE "{own}" TEMPLATE "{template}"'))
        made = replace(self.postgres, database=own)
        if size:
            asyncio.run(fill_postgres(url_of(made), size))
        return made

    def ids(self, size: Size) -> Path:
        """A file with those of users who are neither among the first nor among the last."""
        path = self.folder / f"ids-{size.users}.txt"
        numbers = range(size.users // 4, size.users * 3 // 4)
        step = max(1, len(numbers) // MOST_IDS)
        path.write_text("\n".join(str(user_id(number)) for number in numbers[::step]))
        return path


FILLED = "of-all"


def url_of(server: Postgres) -> str:
    account = f"{quote(server.user)}:{quote(server.password)}"
    return f"postgresql://{account}@127.0.0.1:{server.port}/{server.database}"


@contextmanager
def prepare() -> Generator[Stage]:
    """Everything is in a temporary folder and ends with the block."""
    _require_programs()
    size = Size()
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as place, _clean_environment(place):
        folder = Path(place)
        renderer = Renderer(folder / "renderer")
        environment = install_union(interpreter(LOWEST))
        home = renderer.render(**STANDARD).folder
        with _many_connections(home, environment, folder / "data") as server:
            stage = Stage(folder, renderer, environment, _overlay(environment), server, size)
            stage.migrate(home, server.variables())
            stage.database("all", size)
            yield stage


def _require_programs() -> None:
    """Those that no package brings."""
    find_wrk()
    try:
        pgbouncer()
    except AssertionError as error:
        raise MeasurementError(str(error)) from error


@contextmanager
def _clean_environment(place: str) -> Generator[None]:
    """What this machine sets must decide nothing, as in the tests."""
    settings = Path(place, "settings.yml")
    settings.write_text("defaults: {}\n")
    foreign = (*FOREIGN, "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    with patch.dict(os.environ, kept | {"COPIER_SETTINGS_PATH": str(settings)}, clear=True):
        yield


@contextmanager
def _many_connections(project: Path, environment: Environment, data: Path) -> Generator[Postgres]:
    """Started twice: the number of connections can be set only before a start."""
    with postgres(project, environment, data) as server:
        for setting in TUNING:
            asyncio.run(_execute(server, f"ALTER SYSTEM SET {setting}"))
        server.stop()
        server.start()
        yield server


async def _execute(server: Postgres, statement: str) -> None:
    """In the database that nobody copies, because a copied one must have no guests."""
    connection = await asyncpg.connect(url_of(replace(server, database="postgres")))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _overlay(environment: Environment) -> Path:
    """orjson, which no service needs, in the version of our own lock."""
    wanted = f"orjson=={version('orjson')}"
    folder = VARIANTS_FOLDER / f"{environment.folder.name}-{wanted}"
    if not folder.exists():
        python = environment.program("python")
        install = ["uv", "pip", "install", "--quiet", "--python", python, "--target"]
        subprocess.run([*install, str(folder), wanted], cwd=ROOT, check=True)
    return folder
