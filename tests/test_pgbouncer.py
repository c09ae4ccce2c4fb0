"""Modes `pgbouncer` and `null` behind a real PgBouncer: two processes, and nothing goes astray."""

import json
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.given import at, given_database, given_servers
from tests.installing import Environment
from tests.pgbouncer import configuration, pgbouncer
from tests.rendering import Renderer
from tests.serving import Postgres, migrate, postgres

WORKLOAD = Path(__file__).with_name("pgbouncer_workload.py").read_text()
UNITS = 320
"""Units of work of each process: the driver's defaults fail within the first dozens."""
COUNT = """
import asyncio, asyncpg, json, sys

async def main():
    connection = await asyncpg.connect(sys.argv[1], password=sys.argv[2])
    rows = await connection.fetch("SELECT name, count(*) FROM users GROUP BY name")
    print(json.dumps(dict(rows)))
    await connection.execute("DELETE FROM users")
    await connection.close()

asyncio.run(main())
"""


@pytest.fixture(scope="module", params=["pgbouncer", "null"])
def project(request: pytest.FixtureRequest, renderer: Renderer) -> Path:
    answers = {"database_driver": "asyncpg", "pooling_mode": request.param}
    return renderer.render(**answers).folder


Ways = tuple[Postgres, Postgres]
"""One database, straight as migrations go and through PgBouncer."""


@contextmanager
def empty_database(project: Path, environment: Environment) -> Generator[Ways]:
    if urls := given_servers():
        with given_database(*urls) as ways:
            yield ways
        return
    with (
        tempfile.TemporaryDirectory(prefix="behind-") as folder,
        postgres(project, environment, Path(folder, "data")) as server,
        pgbouncer(server) as pooler,
    ):
        yield server, pooler


@pytest.fixture
def database(project: Path, environment: Environment) -> Generator[Ways]:
    """Migrated."""
    with empty_database(project, environment) as (straight, pooled):
        migrate(project, environment, straight.variables() | {"APP_ENVIRONMENT": "test"})
        yield straight, pooled


def load(
    project: Path, environment: Environment, through: Postgres, how: str
) -> dict[str, dict[str, int]]:
    """What each of two processes, A and B, counted."""
    variables = environment.variables() | through.variables() | {"APP_ENVIRONMENT": "test"}
    started = {
        letter: subprocess.Popen(
            [environment.program("python"), "-c", WORKLOAD, letter, str(UNITS), how],
            cwd=project,
            env=variables,
            stdout=subprocess.PIPE,
            text=True,
        )
        for letter in "AB"
    }
    results = {}
    for letter, process in started.items():
        output, _ = process.communicate()
        (line,) = [line for line in output.splitlines() if line.startswith("RESULT ")]
        results[letter] = json.loads(line.removeprefix("RESULT "))
    return results


def stored(environment: Environment, server: Postgres) -> dict[str, Any]:
    settings = server.variables()
    url, password = settings["APP_DATABASE_URL"], settings["APP_DATABASE_PASSWORD"]
    command = [environment.program("python"), "-c", COUNT, url, password]
    counts: dict[str, Any] = json.loads(subprocess.check_output(command, text=True))
    return counts


@pytest.mark.slow
def test_every_acknowledged_write_is_stored_and_every_read_is_right(
    project: Path, environment: Environment, database: Ways
) -> None:
    straight, pooled = database

    counted = load(project, environment, pooled, "safe")

    expected = {"acknowledged": UNITS, "right": UNITS}
    assert counted == {"A": expected, "B": expected}
    assert stored(environment, straight) == {"A": UNITS, "B": UNITS}


@pytest.mark.slow
def test_the_defaults_of_the_driver_do_fail(
    project: Path, environment: Environment, database: Ways
) -> None:
    """Were it otherwise, the modes would not be needed any more."""
    _, pooled = database

    counted = load(project, environment, pooled, "driver-defaults")

    assert any(counts.get("errors", 0) or counts.get("wrong", 0) for counts in counted.values())


@pytest.mark.parametrize(
    ("version", "told"), [("1.18.0", False), ("1.21.0", True), ("1.25.2", True), ("2.0.0", True)]
)
def test_no_version_keeps_track_of_prepared_statements(version: str, told: bool) -> None:
    """With the newer ones' help the defaults of the driver would work, but not everybody has it."""
    settings = configuration(f"PgBouncer {version}\nlibevent 2.1.12-stable\n")
    assert ("max_prepared_statements = 0" in settings) == told


def test_a_given_server_is_where_its_url_says() -> None:
    server = at("postgresql://ada:p%40ss%3Aword@db.example.org:6543/postgres", "service")
    assert server.variables() == {
        "APP_DATABASE_URL": "postgresql://ada@db.example.org:6543/service",
        "APP_DATABASE_PASSWORD": "p@ss:word",
    }
