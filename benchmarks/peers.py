"""Peers that do the same work: routes written the way each of them writes its own."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import asyncpg

from benchmarks.errors import MeasurementError
from benchmarks.servers import Plan
from benchmarks.stage import Stage, url_of
from benchmarks.work import WORKS
from tests.environments.installing import interpreter

HERE = Path(__file__).parent
ALIKE = {name: WORKS[name] for name in ("ping", "read", "list", "create")}
"""What both are asked to do. Neither has posts."""

GENERATOR = "fastapi_template==6.1.2"
ANSWERS = (
    *("--name", "peer", "--quiet", "--force", "--api-type", "rest", "--ci", "none"),
    *("--db", "postgresql", "--orm", "sqlalchemy", "--migrations", "--dummy", "--routers"),
)
REQUIREMENTS = (
    "fastapi[standard]>=0.114.2,<1.0.0",
    "sqlmodel>=0.0.21,<1.0.0",
    "psycopg[binary]>=3.1.13,<4.0.0",
)
"""Those of its backend that the work needs."""

INSTALL = ("uv", "pip", "install", "--compile-bytecode", "--python", ".venv/bin/python")
SERVE = '.venv/bin/python -m uvicorn {app} --host 127.0.0.1 --port "$PORT"'


def plans(stage: Stage) -> list[Plan]:
    """Raises `MeasurementError` when one can't be generated or installed."""
    return [make(stage) for make in PEERS.values()]


def _s3rius(stage: Stage) -> Plan:
    """Generated and installed as its users do it, with a resource more."""
    database = stage.database(S3RIUS)
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
    # The work has addresses of e-mail, and a project that has them needs this.
    _run([*INSTALL, "email-validator"], project, variables)
    shutil.copy(HERE / "as_s3rius.py", project / "peer" / "users.py")
    # The database is a copy of ours, and its migrations have a history of their own.
    asyncio.run(_execute(url_of(database), "DROP TABLE alembic_version"))
    _run([".venv/bin/alembic", "upgrade", "head"], project, variables)
    ping = replace(WORKS["ping"], path="/api/health")
    command = SERVE.format(app="--factory peer.users:get_app")
    return Plan(S3RIUS, command, project, variables, stage.ids(stage.size), ALIKE | {"ping": ping})


def _full_stack(stage: Stage) -> Plan:
    """Its repository isn't in a registry, so this is one module that does as its backend does."""
    folder = stage.folder / FULL_STACK
    folder.mkdir()
    shutil.copy(HERE / "as_full_stack.py", folder / "main.py")
    _run(["uv", "venv", "--quiet", "--python", interpreter("3.12")], folder, os.environ)
    _run([*INSTALL, *REQUIREMENTS], folder, os.environ)
    url = url_of(stage.database(FULL_STACK)).replace("postgresql:", "postgresql+psycopg:")
    variables = os.environ | {"BENCH_URL": url}
    ping = replace(WORKS["ping"], path="/api/v1/utils/health-check/")
    command = SERVE.format(app="main:app")
    return Plan(
        FULL_STACK, command, folder, variables, stage.ids(stage.size), ALIKE | {"ping": ping}
    )


S3RIUS, FULL_STACK = "s3rius", "full-stack"
PEERS: Mapping[str, Callable[[Stage], Plan]] = {S3RIUS: _s3rius, FULL_STACK: _full_stack}


def _run(command: Sequence[str], folder: Path, variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise MeasurementError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
