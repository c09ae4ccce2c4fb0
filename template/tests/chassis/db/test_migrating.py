"""Migrations wait for the database and for each other, and say why they gave up."""

import asyncio
import shutil
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.util import CommandError

from app.chassis.config import ChassisSettings
from app.chassis.db import DatabaseSettings
from app.chassis.db.migrating import migration_connection

from ..database import another_database, hanging_database, unreachable_database
from ..fixtures import PROJECT
from ..forking import run_forked
from ..serving import environment
from ..waiting import PATIENCE

pytestmark = pytest.mark.thorough


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

    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
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

    assert time.monotonic() - begin >= 1
    assert "Trying again in 0.5 s to migrate the database" in caplog.text


async def test_a_database_that_hangs_is_given_up() -> None:
    with hanging_database() as database, pytest.raises(CommandError, match="Can't migrate"):
        async with migration_connection(with_wait(database, 0)):
            pass


UPGRADE = ["alembic", "upgrade", "head"]


def test_an_upgrade_without_a_database_fails_with_one_sentence(settings: ChassisSettings) -> None:
    nowhere = settings.model_copy(update={"database": unreachable_database()})
    variables = environment(nowhere, port=0) | {"APP_DATABASE_MIGRATION_WAIT": "0"}
    done = run_forked(UPGRADE, variables)

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
    variables = environment(empty, port=0) | {"APP_DATABASE_MIGRATION_WAIT": str(PATIENCE)}
    with ThreadPoolExecutor() as threads:
        upgrades = [
            threads.submit(run_forked, UPGRADE, variables, slow_migrations) for _ in range(2)
        ]
    done = [upgrade.result() for upgrade in upgrades]

    assert [each.returncode for each in done] == [0, 0], done
    said = "".join(each.stdout + each.stderr for each in done)
    assert said.count("Running upgrade") == COUNT
