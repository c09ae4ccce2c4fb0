"""Runs migrations on the configured database, or on the settings that a caller puts into
`config.attributes`; with `--sql` prints what they would do, and asks no database.
"""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection

from app.chassis import logs
from app.chassis.db.autogenerate import OFFLINE, OPTIONS
from app.chassis.db.engine import DatabaseSettings
from app.chassis.db.migrating import migration_connection
from app.config import read_settings
from app.db.models import Base


def run(connection: Connection | None = None, /, **options: Any) -> None:
    options |= {**OPTIONS, "target_metadata": Base.metadata}
    context.configure(connection, **options)
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run(settings: DatabaseSettings) -> None:
    async with migration_connection(settings) as connection:
        await connection.run_sync(run)


def read_database_settings() -> DatabaseSettings:
    """Who gives none runs a process of its own, which has to print its own lines, apart from what
    the command prints."""
    settings = read_settings()
    logs.configure(settings.log.level, settings.log.format, "stderr")
    return settings.database


if context.is_offline_mode():
    run(**OFFLINE)
else:
    given = context.config.attributes.get("database")
    asyncio.run(connect_and_run(given or read_database_settings()))
