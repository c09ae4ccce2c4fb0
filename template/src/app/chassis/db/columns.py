"""What tables are made of: types that databases store differently, names of constraints, ids and
timestamps."""

from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import sqlalchemy
from sqlalchemy import JSON, DateTime, Dialect, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine
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


def _values_of(kind: type[Enum]) -> list[Any]:
    return [member.value for member in kind]


ENUM = sqlalchemy.Enum(Enum, native_enum=False, length=50, values_callable=_values_of)
"""Members of an `Enum` of texts, stored as their values, up to 50 characters. The database doesn't
know which there are, so that one more needs no migration."""


class _SQLiteDecimal(TypeDecorator[Decimal]):
    """SQLite has binary fractions only, which tell 15 digits apart."""

    impl = Numeric
    cache_ok = True

    def __init__(self, digits: int, places: int) -> None:
        super().__init__(digits, places, asdecimal=False)
        self.places = places

    def process_result_value(self, value: Any, _: Dialect) -> Decimal | None:
        return None if value is None else Decimal(f"{value:.{self.places}f}")


def decimal(digits: int, places: int) -> TypeEngine[Decimal]:
    """An exact number with so many digits in all, 15 at most, and so many behind the point."""
    return Numeric(digits, places).with_variant(_SQLiteDecimal(digits, places), "sqlite")


JSON_OBJECT = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""What JSON can say, and NULL for what is missing."""


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
