"""Statements for pages of those rows that have some values, in the order of any column."""

import operator
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, and_, bindparam, or_, select

from ..paging import Between

_OPERATORS = {"is": operator.eq, "from": operator.ge, "to": operator.le}


def parameters_of(equal: Mapping[str, Any]) -> dict[str, Any]:
    """Of conditions on columns: `is_`, `from_` or `to_`, and the name of the column."""
    found: dict[str, Any] = {}
    for name, value in equal.items():
        if isinstance(value, Between):
            ends = {f"from_{name}": value.least, f"to_{name}": value.most}
            found |= {end: bound for end, bound in ends.items() if bound is not None}
        else:
            found[f"is_{name}"] = value
    return found


def condition(table: Table, parameter: str, value: Any) -> ColumnElement[bool]:
    """What a parameter of this name stands for."""
    kind, _, column = parameter.partition("_")
    found: ColumnElement[bool] = _OPERATORS[kind](table.columns[column], value)
    return found


# The same statement for the same page: some drivers compile each one that they don't know.
@lru_cache(maxsize=512)
def page_statement(
    table: Table, parameters: Sequence[str], sort: str, *, follows: bool
) -> Select[*tuple[Any, ...]]:
    """At most `limit` rows, those that fulfil the conditions of these parameters.

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
        .where(*(condition(table, name, bindparam(name)) for name in parameters))
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
