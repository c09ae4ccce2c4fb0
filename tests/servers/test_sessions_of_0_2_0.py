"""Who was signed in with 0.2.0 stays signed in: its database gets generations of tokens."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Render, Renderer
from tests.servers.commands import run
from tests.servers.serving import SECRETS, migrate, postgres, service

pytestmark = pytest.mark.slow

REFRESH = "/api/v1/auth/refresh"
TOKEN = "a refresh token of before"
ID = "'018f0000000070008000000000000001'"
NOW, LATER = "'2026-11-26 00:00:00'", "'2099-01-01 00:00:00'"
ROWS = (
    f"INSERT INTO users VALUES ({ID}, 'ada@example.org', 'Ada', {NOW}, {NOW})",
    "INSERT INTO accounts (id, password_hash, is_active, is_admin, tokens_valid_from, created_at,"
    f" updated_at) VALUES ({ID}, 'x', true, false, {NOW}, {NOW}, {NOW})",
    "INSERT INTO refresh_tokens (id, account_id, family_id, token_hash, expires_at, created_at,"
    f" updated_at) VALUES ({ID}, {ID}, {ID}, '{sha256(TOKEN.encode()).hexdigest()}', {LATER},"
    f" {NOW}, {NOW})",
)
EXECUTE = """
import asyncio, sys
from sqlalchemy import text
from app.chassis.db.engine import open_database
from app.config import read_settings

async def execute():
    async with open_database(read_settings().database) as database:
        async with database.transaction() as session:
            for statement in sys.argv[1:]:
                await session.execute(text(statement))

asyncio.run(execute())
"""


@contextmanager
def database(render: Render, environment: Environment) -> Generator[dict[str, str]]:
    """Settings of one that is empty."""
    with tempfile.TemporaryDirectory(prefix="sessions-") as place:
        if render.recorded()["database_driver"] == "aiosqlite":
            yield {"APP_DATABASE_URL": f"sqlite:///{place}/app.db"}
        else:
            with postgres(render.folder, environment, Path(place)) as server:
                yield server.variables()


@pytest.mark.parametrize("driver", ["aiosqlite", "asyncpg"])
def test_a_refresh_token_of_before_the_migration_still_counts(
    renderer: Renderer, environment: Environment, driver: str
) -> None:
    render = renderer.render(generation=2, layout=2, auth="jwt", database_driver=driver)
    variables = environment.variables() | SECRETS | {"PYTHONPATH": "src"}
    with database(render, environment) as settings:
        for command in (
            [environment.program("alembic"), "upgrade", "0002"],
            [environment.program("python"), "-c", EXECUTE, *ROWS],
            [environment.program("alembic"), "upgrade", "head"],
            [environment.program("alembic"), "downgrade", "0002"],
        ):
            status, output = run(command, render.folder, variables | settings)
            assert status == 0, output
        migrate(render.folder, environment, settings)

        with service(render.folder, environment, settings) as running:
            assert running.call("POST", REFRESH, {"refresh_token": TOKEN}).status == 200
