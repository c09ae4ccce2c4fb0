"""Runs migrations on the configured database, or on the settings that a caller puts into
`config.attributes`."""

import asyncio
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum

from app.chassis import logs
from app.chassis.db.columns import JSON_OBJECT
from app.chassis.db.engine import DatabaseSettings
from app.chassis.db.migrating import migration_connection
from app.config import read_settings
from app.db.models import Base


def render_item(kind: str, item: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Migrations name types of SQLAlchemy only: they must run when the service's own have
    changed."""
    if kind != "type":
        return False
    if item is JSON_OBJECT:
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    if isinstance(item, Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    variants = item._variant_mapping.values()
    if any(type(variant).__module__.startswith("app.") for variant in variants):
        return f"sa.{item!r}"
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
    async with migration_connection(settings) as connection:
        await connection.run_sync(run)


def read_database_settings() -> DatabaseSettings:
    """Who gives none runs a process of its own, which has to print its own lines."""
    settings = read_settings()
    logs.configure(settings.log.level, settings.log.format)
    return settings.database


asyncio.run(connect_and_run(context.config.attributes.get("database") or read_database_settings()))
