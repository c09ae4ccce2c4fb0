"""Migrations and models agree, in both directions."""

import asyncio
import os
from collections.abc import Generator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.chassis.config import ChassisSettings
from app.chassis.db.schema import read_schema
from app.config import Settings
from app.main import create_app

from ..database import another_database, run_script
from ..fixtures import PROJECT
from ..forking import run_forked
from ..running import running
from ..serving import environment


@pytest.fixture
def fresh(settings: ChassisSettings) -> Generator[Config]:
    """A database of its own: that of the session is in use."""
    with another_database(settings.database) as database:
        config = Config(toml_file=PROJECT / "pyproject.toml")
        config.attributes["database"] = database
        yield config


def test_migrations_are_one_line(alembic_config: Config) -> None:
    """Two that follow the same one, from two branches or from the template and from you."""
    heads = ScriptDirectory.from_config(alembic_config).get_heads()

    assert len(heads) <= 1, 'join them: uv run alembic merge heads -m "merge" && uv run just fix'


def test_migrations_lead_to_the_models_and_back(fresh: Config) -> None:
    command.upgrade(fresh, "head")
    command.check(fresh)
    command.downgrade(fresh, "base")
    command.upgrade(fresh, "head")
    command.check(fresh)


async def test_the_service_is_not_ready_before_they_have_run(
    fresh: Config, settings: Settings
) -> None:
    heads = ScriptDirectory.from_config(fresh).get_heads()
    empty = settings.model_copy(update={"database": fresh.attributes["database"]})
    async with running(create_app(empty)) as service:
        before = (await service.client.get("/health/ready")).status_code
    await asyncio.to_thread(command.upgrade, fresh, "head")
    async with running(create_app(empty)) as service:
        after = (await service.client.get("/health/ready")).status_code

    assert (before, after) == (503 if heads else 200, 200)


def test_readiness_knows_the_migrations_as_alembic_does(alembic_config: Config) -> None:
    heads = ScriptDirectory.from_config(alembic_config).get_heads()

    assert read_schema(PROJECT / "migrations").heads == {*heads}


def run_alembic(*arguments: str, **settings: str) -> str:
    """Its standard output, which holds nothing else."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("APP_")}
    done = run_forked(["alembic", *arguments], given | settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.thorough
def test_their_sql_does_what_they_do(fresh: Config) -> None:
    """Written without a database, and without settings."""
    run_script(fresh.attributes["database"], run_alembic("upgrade", "head", "--sql"))

    command.check(fresh)


@pytest.mark.thorough
def test_what_a_command_is_asked_for_is_all_that_it_prints(
    settings: Settings, migrated: None, alembic_config: Config
) -> None:
    heads = ScriptDirectory.from_config(alembic_config).get_heads()
    variables = environment(settings, port=0) | {"APP_LOG_LEVEL": "DEBUG"}

    lines = run_alembic("current", **variables).splitlines()
    # It also says which is a head, and which joins others.
    assert [line.partition(" ")[0] for line in lines] == heads
