"""Migrations and models agree, in both directions."""

from collections.abc import Generator

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app.chassis.config import ChassisSettings

from ..database import another_database
from ..fixtures import PROJECT


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
