"""Modes `pgbouncer` and `null` behind a real PgBouncer: two processes, and nothing goes astray."""

import asyncio
import json
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.environments.installing import Environment
from tests.faults.measured import Measured
from tests.rendering.renders import Renderer
from tests.servers.given import at, given_database, given_servers
from tests.servers.pgbouncer import configuration, pgbouncer
from tests.servers.serving import Postgres, migrate, postgres

WORKLOAD = Path(__file__).with_name("pgbouncer_workload.py").read_text()
REQUESTS = 20_480
"""Writes and reads of both processes together."""

FEW = 1_280
"""The driver's defaults fail within the first dozens."""

POOLED = 4
"""Connections that PgBouncer has, as it is started here."""

ASTRAY = ("AB", "BA")
"""What one process asked for and the other one's statement wrote."""

LEFT = "SELECT pg_backend_pid(), (SELECT count(*) FROM pg_prepared_statements)"
COUNT = """
import asyncio, asyncpg, json, sys

async def main():
    connection = await asyncpg.connect(sys.argv[1], password=sys.argv[2])
    rows = await connection.fetch("SELECT left(email, 1) || name, count(*) FROM users GROUP BY 1")
    print(json.dumps(dict(rows)))
    await connection.execute("DELETE FROM users")
    await connection.close()

asyncio.run(main())
"""


@pytest.fixture(scope="module", params=["pgbouncer", "null"])
def mode(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def project(mode: str, renderer: Renderer) -> Path:
    return renderer.render(database_driver="asyncpg", pooling_mode=mode).folder


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


def settings_of(mode: str, through: Postgres) -> dict[str, str]:
    """The 32 clients of a process share its pool, where it has one."""
    patient = {"APP_DATABASE_POOL_TIMEOUT": "60"} if mode == "pgbouncer" else {}
    return through.variables() | {"APP_ENVIRONMENT": "test"} | patient


def load(
    project: Path, environment: Environment, settings: dict[str, str], how: str, requests: int
) -> dict[str, dict[str, int]]:
    """What each of two processes, A and B, counted; a unit of work is a write and a read."""
    variables = environment.variables() | settings
    units = str(requests // 4)
    started = {
        letter: subprocess.Popen(
            [environment.program("python"), "-c", WORKLOAD, letter, units, how],
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


async def prepared_statements(pooler: Postgres) -> dict[int, int]:
    """Those that are left, by process of the server."""
    async with AsyncExitStack() as open_ones:
        counts = {}
        for _ in range(POOLED):  # each keeps its connection until all are counted
            connection = await asyncpg.connect(pooler.url, statement_cache_size=0)
            open_ones.push_async_callback(connection.close)
            await open_ones.enter_async_context(connection.transaction())
            ((process, left),) = await connection.fetch(LEFT)
            counts[process] = left
    return counts


@pytest.mark.slow
def test_every_acknowledged_write_is_stored_and_every_read_is_right(
    mode: str, project: Path, environment: Environment, database: Ways, measured: Measured
) -> None:
    straight, pooled = database
    units = REQUESTS // 4

    counted = load(project, environment, settings_of(mode, pooled), "safe", REQUESTS)

    expected = {"acknowledged": units, "right": units}
    assert counted == {"A": expected, "B": expected}
    assert stored(environment, straight) == {"AA": units, "BB": units}
    left = asyncio.run(prepared_statements(pooled))
    assert len(left) == POOLED
    assert set(left.values()) == {0}
    measured("behind", mode, requests=REQUESTS, errors=0, wrong=0, left=0)


@pytest.mark.slow
def test_the_defaults_of_the_driver_do_fail(
    mode: str, project: Path, environment: Environment, database: Ways, measured: Measured
) -> None:
    """Were it otherwise, the modes would not be needed any more."""
    straight, pooled = database

    counted = load(project, environment, settings_of(mode, pooled), "driver-defaults", FEW)

    failed = sum(counts.get("errors", 0) for counts in counted.values())
    astray = sum(count for who, count in stored(environment, straight).items() if who in ASTRAY)
    assert failed > 0
    # Only a pool keeps statements for later, when their name may be another's.
    assert astray > 0 or mode == "null"
    measured("driver-defaults", mode, requests=FEW, errors=failed, wrong=astray)


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
