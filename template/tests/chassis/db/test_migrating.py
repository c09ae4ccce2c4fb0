"""Migrations wait for the database and for each other, and say why they gave up."""

import asyncio
import shutil
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from alembic.util import CommandError

from app.chassis.config import ChassisSettings
from app.chassis.db.engine import DatabaseSettings
from app.chassis.db.migrating import migration_connection

from ..database import another_database, hanging_database, unreachable_database
from ..fixtures import PROJECT
from ..serving import environment


@pytest.fixture
def empty(settings: ChassisSettings) -> Generator[ChassisSettings]:
    with another_database(settings.database) as database:
        yield settings.model_copy(update={"database": database})


def with_wait(settings: DatabaseSettings, seconds: float) -> DatabaseSettings:
    return settings.model_copy(update={"migration_wait": seconds})


async def test_a_second_process_waits_until_the_first_is_done(empty: ChassisSettings) -> None:
    order = []

    async def migrate(name: str) -> None:
        async with migration_connection(empty.database):
            order.append(f"{name} begins")
            await asyncio.sleep(0.7)
            order.append(f"{name} ends")

    async with asyncio.timeout(20), asyncio.TaskGroup() as tasks:
        for name in ("one", "other"):
            tasks.create_task(migrate(name))

    first, second = order[0].split()[0], order[2].split()[0]
    assert order == [f"{first} begins", f"{first} ends", f"{second} begins", f"{second} ends"]


async def test_the_wait_for_another_process_is_bounded(
    empty: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with migration_connection(empty.database):
        begin = time.monotonic()
        with pytest.raises(CommandError, match="Can't migrate the database"):
            async with migration_connection(with_wait(empty.database, 1)):
                pass

    assert 1 <= time.monotonic() - begin < 8
    assert "Trying again in 0.5 s to migrate the database" in caplog.text


async def test_a_database_that_hangs_is_given_up() -> None:
    begin = time.monotonic()
    with hanging_database() as database, pytest.raises(CommandError, match="Can't migrate"):
        async with migration_connection(with_wait(database, 0)):
            pass

    assert time.monotonic() - begin < 10


def start_upgrade(settings: ChassisSettings, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=folder,
        env=environment(settings, port=0) | {"APP_DATABASE_MIGRATION_WAIT": "20"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_an_upgrade_without_a_database_fails_with_one_sentence(settings: ChassisSettings) -> None:
    nowhere = settings.model_copy(update={"database": unreachable_database()})
    variables = environment(nowhere, port=0) | {"APP_DATABASE_MIGRATION_WAIT": "0"}
    command = [sys.executable, "-m", "alembic", "upgrade", "head"]
    done = subprocess.run(
        command, check=False, cwd=PROJECT, env=variables, capture_output=True, text=True
    )

    assert done.returncode > 0
    assert "FAILED: Can't migrate the database" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


# Every migration takes a while, so that processes would meet between two.
SLOW = """
revision, down_revision, branch_labels, depends_on = {number!r}, {before!r}, None, None

def upgrade() -> None:
    import time; time.sleep(0.2)

def downgrade() -> None: ...
"""
COUNT = 3


@pytest.fixture
def slow_migrations(tmp_path: Path) -> Path:
    """A folder with migrations of its own, which are run as the project's are."""
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    versions = tmp_path / "migrations" / "versions"
    versions.mkdir(parents=True)
    shutil.copy(PROJECT / "migrations" / "env.py", versions.parent)
    for number in range(COUNT):
        before = str(number - 1) if number else None
        text = SLOW.format(number=str(number), before=before)
        (versions / f"{number}.py").write_text(text)
    return tmp_path


@pytest.mark.parametrize("round_", range(3))
def test_of_processes_that_start_at_once_one_migrates(
    empty: ChassisSettings, slow_migrations: Path, round_: int
) -> None:
    processes = [start_upgrade(empty, slow_migrations) for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    assert sum(output.count("Running upgrade") for output in outputs) == COUNT
