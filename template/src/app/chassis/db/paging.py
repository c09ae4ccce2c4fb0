"""Statements for pages of those rows that have some values, in the order of any column."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, bindparam, or_, select


# The same statement for the same page: some drivers compile each one that they don't know.
@lru_cache(maxsize=512)
def page_statement(
    table: Table, equal: Sequence[str], sort: str, *, follows: bool
) -> Select[*tuple[Any, ...]]:
    """At most `limit` rows, whose values of the columns `equal` are the parameters `is_` and the
    name.

    `sort` is a column, with `-` in front for the greatest first. Equal ones stand in order of
    creation, rows without a value last, either way. A page that `follows` a row begins behind what
    that row, whose id is `after`, holds now; other pages skip `offset` rows.
    """
    columns = table.columns
    column, is_reverse = columns[sort.removeprefix("-")], sort.startswith("-")
    order = [part.desc() if is_reverse else part.asc() for part in _key(table, column)]
    if column.nullable:
        order.insert(0, column.is_(None).asc())
    statement = (
        select(*columns)
        .where(*(columns[name] == bindparam(f"is_{name}") for name in equal))
        .order_by(*order)
        .limit(bindparam("limit"))
    )
    if follows:
        return statement.where(_behind(table, column, is_reverse=is_reverse))
    return statement.offset(bindparam("offset"))


def _key(table: Table, column: Column[Any]) -> list[Column[Any]]:
    return [column] if column is table.columns.id else [column, table.columns.id]


def _behind(table: Table, column: Column[Any], *, is_reverse: bool) -> ColumnElement[bool]:
    row_id = table.columns.id
    after = bindparam("after", type_=row_id.type)

    def beyond(one: Any, other: Any) -> ColumnElement[bool]:
        found: ColumnElement[bool] = one < other if is_reverse else one > other
        return found

    if column is row_id:
        return beyond(row_id, after)
    last = select(column).where(row_id == after).scalar_subquery()
    # An index finds where it begins by the first part, which the second one repeats.
    first = column <= last if is_reverse else column >= last
    behind = and_(first, or_(beyond(column, last), beyond(row_id, after)))
    if not column.nullable:
        return behind
    is_there = select(row_id).where(row_id == after).scalar_subquery().is_not(None)
    return or_(
        behind,
        and_(column.is_(None), last.is_not(None)),
        and_(column.is_(None), last.is_(None), is_there, beyond(row_id, after)),
    )
