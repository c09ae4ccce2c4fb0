"""Fixtures for all tests: a migrated database and a running application per session, emptied after
each test."""

import os
import re
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import httpx2
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.http.settings import HealthSettings, HttpSettings
from app.chassis.logs import LogSettings
from app.chassis.middleware import compiled_routes
from app.config import Settings
from app.db.models import Base
from app.main import create_app
from scripts.setup import PLACEHOLDER

from ..letting_in import hashing_cheaply, let_in
from . import witness
from .database import temporary_database
from .growing import growing
from .running import Running, running
from .waiting import MOST_FOR_HEALTH

PROJECT = Path(__file__).parents[2]

witness.start()

# A new FastAPI has to pass all tests of compiled routes. One of them says that it is not listed.
PROVEN = compiled_routes.PROVEN
compiled_routes.PROVEN = frozenset({compiled_routes.INSTALLED})

# What is set on this machine must not decide whether the tests pass.
ChassisSettings.model_config["env_file"] = Settings.model_config["env_file"] = None
for name in [name for name in os.environ if name.startswith("APP_")]:
    del os.environ[name]
# Programs that tests start would compile all libraries anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
# What parts need is made as `just setup` makes it; the database is the session's own.
EXAMPLE = (PROJECT / ".env.example").read_text()
for name, value in re.findall(r"^(APP_(?!DATABASE_)\w+)=(.*)$", EXAMPLE, re.MULTILINE):
    if PLACEHOLDER in value:
        os.environ[name] = value.replace(PLACEHOLDER, witness.SECRET)
# What parts want of the whole suite.
for found in sorted(Path(__file__).parent.glob("*/suite.py")):
    import_module(f"{__package__}.{found.parent.name}.suite")
# To the service all tests are one caller.
os.environ["APP_RATE_LIMIT_DEFAULT"] = os.environ["APP_RATE_LIMIT_STRICT"] = "999999/second"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if terminalreporter.config.option.markexpr == "not thorough":
        terminalreporter.write_line(
            "Left to `just check-all`: processes, faults, signals, races and each limit."
        )


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One process more than there are cores: while its tests wait, others compute."""
    processes = yield
    return processes if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else processes + 1


@pytest.fixture(autouse=True)
def nothing_leaks() -> Generator[None]:
    """Whatever a test is about: what it logged and the errors it was answered hold no secret."""
    yield
    assert witness.leaks() == []


@pytest.fixture(scope="session")
def alembic_config(settings: Settings) -> Config:
    config = Config(toml_file=PROJECT / "pyproject.toml")
    config.attributes["database"] = settings.database
    return config


@pytest.fixture(scope="session")
def settings() -> Generator[Settings]:
    """Settings of the session's own database, which exists and is empty."""
    with temporary_database() as database:
        yield Settings(
            environment="test",
            log=LogSettings(level="DEBUG", blocked_loop=60),
            http=HttpSettings(docs=True),
            health=HealthSettings(timeout=MOST_FOR_HEALTH),
            database=database,
        )


@pytest.fixture(scope="session")
def migrated(alembic_config: Config) -> None:
    command.upgrade(alembic_config, "head")


@pytest.fixture(scope="session")
def tables() -> MetaData:
    """What is emptied after each test."""
    return Base.metadata


@pytest.fixture(scope="session")
async def your_service(settings: Settings, migrated: None) -> AsyncGenerator[Running]:
    """Whoever calls it may do everything, and a test may add routes."""
    app = growing(create_app(settings))
    let_in(app)
    async with running(app) as service:
        with hashing_cheaply(service.state):
            yield service


@pytest.fixture(scope="session")
async def closed_service(settings: Settings, migrated: None) -> AsyncGenerator[Running]:
    """One that lets nobody in by itself, as those that are served."""
    async with running(create_app(settings)) as service:
        with hashing_cheaply(service.state):
            yield service


@pytest.fixture(scope="session")
def service(your_service: Running) -> Running:
    return your_service


@asynccontextmanager
async def emptied_afterwards(database: Database, tables: MetaData) -> AsyncGenerator[Database]:
    """Tests commit for real, so that what only fails at commit does; what they leave is deleted."""
    yield database
    async with database.transaction() as session:
        for table in reversed(tables.sorted_tables):
            await session.execute(table.delete())


@pytest.fixture
async def database(service: Running, tables: MetaData) -> AsyncGenerator[Database]:
    async with emptied_afterwards(service.database, tables) as database:
        yield database


@pytest.fixture
def client(service: Running, database: Database) -> httpx2.AsyncClient:
    return service.client
