"""Migrations and models agree, in both directions."""

from collections.abc import Generator

import pytest
from alembic import command
from alembic.config import Config

from app.config import Settings

from .conftest import PROJECT
from .database import another_database


@pytest.fixture
def fresh(settings: Settings) -> Generator[Config]:
    """A database of its own: that of the session is in use."""
    with another_database(settings.database) as database:
        config = Config(toml_file=PROJECT / "pyproject.toml")
        config.attributes["database"] = database
        yield config


def test_migrations_lead_to_the_models_and_back(fresh: Config) -> None:
    command.upgrade(fresh, "head")
    command.check(fresh)
    command.downgrade(fresh, "base")
    command.upgrade(fresh, "head")
    command.check(fresh)
