"""These tests are about your application again."""

import asyncio
from collections.abc import AsyncGenerator, Generator

import httpx2
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData

from app.chassis.db.database import Database
from app.config import Settings
from app.db.models import Base
from app.main import create_app

from ...letting_in import hashing_cheaply, sign_in_admin
from ..database import another_database
from ..running import Running, running
from .both_ways import BothWays
from .leaving import visiting
from .operations import Send, sending


@pytest.fixture(scope="session")
def tables() -> MetaData:
    return Base.metadata


@pytest.fixture(scope="session")
def service(your_service: Running) -> Running:
    return your_service


@pytest.fixture(scope="session")
async def visitor(closed_service: Running) -> AsyncGenerator[httpx2.AsyncClient]:
    """It is let in by headers only, and leaves when a stream begins."""
    async with visiting(closed_service) as client:
        yield client


@pytest.fixture(scope="session")
def settings_of_plain(settings: Settings, alembic_config: Config) -> Generator[Settings]:
    with another_database(settings.database, "plain") as database:
        config = Config(toml_file=alembic_config.toml_file_name)
        config.attributes["database"] = database
        command.upgrade(config, "head")
        http = settings.http.model_copy(update={"compiled_routes": False})
        yield settings.model_copy(update={"database": database, "http": http})


@pytest.fixture(scope="session")
async def both_ways(
    closed_service: Running, settings_of_plain: Settings
) -> AsyncGenerator[BothWays]:
    async with running(create_app(settings_of_plain)) as plain:
        with hashing_cheaply(plain.state):
            yield BothWays(closed_service, plain)


@pytest.fixture(scope="session")
async def asking_both(both_ways: BothWays) -> AsyncGenerator[httpx2.AsyncClient]:
    """A visitor of both, whom they must answer the same."""
    async with httpx2.AsyncClient(transport=both_ways, base_url="http://localhost") as client:
        yield client


@pytest.fixture
async def admin_of_both(
    both_ways: BothWays, settings: Settings, tables: MetaData
) -> AsyncGenerator[httpx2.AsyncClient]:
    async with both_ways.signed_in(settings, tables) as headers:
        yield httpx2.AsyncClient(transport=both_ways, base_url="http://localhost", headers=headers)


@pytest.fixture(scope="module")
async def headers(
    both_ways: BothWays, asking_both: httpx2.AsyncClient, settings: Settings, tables: MetaData
) -> AsyncGenerator[dict[str, str]]:
    """What each request that Schemathesis makes carries to get past the door."""
    from .judging import in_process  # takes a second to import

    in_process.client = asking_both
    # The applications' own; it stands still while tests that aren't async run.
    in_process.loop = asyncio.get_running_loop()
    async with both_ways.signed_in(settings, tables) as headers:
        yield headers


@pytest.fixture
async def of_admin(database: Database, settings: Settings) -> dict[str, str]:
    """Headers of one who is signed in."""
    return await sign_in_admin(database, settings)


@pytest.fixture
def send(visitor: httpx2.AsyncClient, of_admin: dict[str, str]) -> Send:
    """As an admin, so that it gets past the door."""
    return sending(visitor, of_admin)
