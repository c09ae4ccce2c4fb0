"""What tables are made of: names of constraints, ids and timestamps."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator
from uuid_utils.compat import uuid7


class _SQLiteTimestamp(TypeDecorator[datetime]):
    """SQLite stores no time zone: convert to UTC on the way in, and say so on the way out."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, _: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


TIMESTAMP = DateTime(timezone=True).with_variant(_SQLiteTimestamp(), "sqlite")
"""A moment in UTC, aware in Python on every database."""


def now() -> datetime:
    return datetime.now(UTC)


def _moment_of_creation(context: Any) -> datetime:
    """What is new has not been updated yet."""
    created: datetime = context.get_current_parameters()["created_at"]
    return created


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""How constraints are called: so migrations can drop them, and errors tell which was violated."""


class Identified:
    """The columns of a table whose rows have ids."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-1)
    """UUIDv7 (RFC 9562): in order of creation, so that pages by id are stable and inserts stay
    local."""

    created_at: Mapped[datetime] = mapped_column(default=now, sort_order=1)
    updated_at: Mapped[datetime] = mapped_column(
        default=_moment_of_creation, onupdate=now, sort_order=1
    )
