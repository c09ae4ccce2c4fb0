"""A peer from the registry, generated and installed as its users do it, with a table of its own."""

import asyncio
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from benchmarks.errors import MeasurementError
from benchmarks.servers import Plan
from benchmarks.stage import Stage, url_of
from benchmarks.work import WORKS
from tests.environments.installing import interpreter

NAME = "s3rius"
GENERATOR = "fastapi_template==6.1.2"
ANSWERS = (
    *("--name", "peer", "--quiet", "--force", "--api-type", "rest", "--ci", "none"),
    *("--db", "postgresql", "--orm", "sqlalchemy", "--migrations", "--dummy", "--routers"),
)
# What it has of our works; it reads no single row, and its rows are shorter.
WORK = {
    "ping": replace(WORKS["ping"], path="/api/health"),
    "list": replace(WORKS["list"], path="/api/dummy/?limit=20"),
    "create": replace(WORKS["create"], path="/api/dummy/", method="PUT"),
}
COMMAND = 'env PEER_PORT="$PORT" .venv/bin/python -m peer'
FILL = "INSERT INTO dummy_model (name) SELECT 'Ada Lovelace ' || n FROM generate_series(1, $1) n"


def plan(stage: Stage) -> Plan:
    """Raises `MeasurementError` when it can't be generated or installed."""
    database = stage.database(NAME)
    variables = os.environ | {
        "UV_PYTHON": interpreter("3.12"),
        "UV_PYTHON_DOWNLOADS": "never",
        "PEER_RELOAD": "false",
        "PEER_DB_HOST": "127.0.0.1",
        "PEER_DB_PORT": str(database.port),
        "PEER_DB_USER": database.user,
        "PEER_DB_PASS": database.password,
        "PEER_DB_BASE": database.database,
    }
    _run(["uvx", "--from", GENERATOR, "fastapi_template", *ANSWERS], stage.folder, variables)
    project = stage.folder / "peer"
    _run(["uv", "sync", "--no-dev", "--compile-bytecode"], project, variables)
    # The database is a copy of ours, and its migrations have a history of their own.
    asyncio.run(_execute(url_of(database), "DROP TABLE alembic_version"))
    _run([".venv/bin/alembic", "upgrade", "head"], project, variables)
    asyncio.run(_execute(url_of(database), FILL, stage.size.users))
    return Plan(NAME, COMMAND, project, variables, stage.ids(stage.size), WORK)


def _run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MeasurementError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


async def _execute(url: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement, *values)
    finally:
        await connection.close()
