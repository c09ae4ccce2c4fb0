"""Runs migrations on the configured database, or on the settings that a caller puts into
`config.attributes`."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from app.config import Settings
from app.db.base import TIMESTAMP
from app.db.driver import create_migration_engine
from app.db.engine import DatabaseSettings
from app.db.models import Base


def render_item(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Migrations name types of SQLAlchemy only: they must run when the service's own have
    changed."""
    if kind == "type" and item is TIMESTAMP:
        return "sa.DateTime(timezone=True)"
    return False


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect_and_run(settings: DatabaseSettings) -> None:
    engine = create_migration_engine(settings)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()


asyncio.run(connect_and_run(context.config.attributes.get("database") or Settings().database))
