"""Plain rows: a statement that returns values and no entities, compiled once and run on the driver
of a pooled connection.

SQLAlchemy writes the SQL, converts what goes in and what comes out, and pools. Left out is its
bookkeeping for each statement, which costs more than the statement. Whatever is not known here
goes SQLAlchemy's way, with the same rows and the same errors.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import count, repeat
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import Column, ColumnElement, Dialect, Engine, Insert, Select
from sqlalchemy.engine.result import result_tuple
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import QueryableAttribute
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.selectable import TypedReturnsRows

from .monitor import ObservedPool, observed
from .plain_driver import fetch, missing_names

logger = logging.getLogger(__name__)

Columns = TypeVarTuple("Columns")
Result = TypeVar("Result")
Converter = Callable[[Any], Any] | None
RowMaker = Callable[[Iterable[Any]], Any]


@lru_cache(maxsize=512)
def has_entities(statement: TypedReturnsRows[*Columns]) -> bool:
    """Whether the ORM has to make entities of what the statement returns."""
    described: Any = (
        statement.column_descriptions
        if isinstance(statement, Select)
        else getattr(statement, "returning_column_descriptions", ())
    )
    return not all(
        isinstance(column["expr"], ColumnElement | QueryableAttribute) for column in described
    )


class _Parameters(dict[str, Any]):
    def get_current_parameters(self) -> Mapping[str, Any]:
        """What the function of a column's default asks SQLAlchemy for."""
        return self


@dataclass(frozen=True, eq=False)
class Plain:
    """A statement for the driver."""

    sql: str
    binds: Sequence[tuple[str, Converter]]
    """The parameters in the order that the driver wants."""
    values: Mapping[str, Any]
    """What the statement itself brings for some of them."""
    defaults: Mapping[str, Callable[[Any], Any]]
    """What Python makes for others, as the columns of an INSERT ask for it."""
    columns: Sequence[Any]
    dialect: Dialect
    _makers: dict[Any, RowMaker] = field(default_factory=dict)

    def arguments(self, parameters: Mapping[str, Any]) -> list[Any]:
        known = _Parameters(self.values, **parameters)
        try:
            for name, default in self.defaults.items():
                known[name] = default(known)
            return [
                known[name] if convert is None else convert(known[name])
                for name, convert in self.binds
            ]
        except Exception as error:
            base: Any = self.dialect.loaded_dbapi.Error
            raise DBAPIError.instance(self.sql, None, error, base, dialect=self.dialect) from error

    def rows(
        self, records: Iterable[Iterable[Any]], kinds: tuple[Any, ...] | None
    ) -> Sequence[Any]:
        """`kinds` is what the driver calls the types of the columns, if it calls them anything."""
        make = self._makers.get(kinds)
        if make is None:
            make = self._makers[kinds] = self.row_maker(kinds)
        return [make(record) for record in records]

    def row_maker(self, kinds: Iterable[Any] | None) -> RowMaker:
        """Makes one of SQLAlchemy's rows."""
        make = cast(
            "RowMaker",
            result_tuple([c.keyname for c in self.columns], [c.objects for c in self.columns]),
        )
        converters = [
            column.type.dialect_impl(self.dialect).result_processor(self.dialect, kind)
            for column, kind in zip(self.columns, kinds or repeat(None), strict=kinds is not None)
        ]
        if not any(converters):
            return make
        return lambda record: make(
            [
                value if convert is None else convert(value)
                for value, convert in zip(record, converters, strict=True)
            ]
        )


@lru_cache(maxsize=512)
def compiled(
    statement: TypedReturnsRows[*Columns], names: tuple[str, ...], dialect: Dialect
) -> Plain | None:
    """A statement with parameters of these names for the driver, or None for one that needs
    SQLAlchemy."""
    if not isinstance(statement, Select | Insert) or has_entities(statement) or not _is_possible():
        return None
    made: Any = statement.compile(dialect=dialect, column_keys=list(names))
    order = made.positiontup or ()
    binds = {name: made.binds[name] for name in order}
    into = {n: b.type.dialect_impl(dialect).bind_processor(dialect) for n, b in binds.items()}
    prefetched: dict[str, Any] = {
        column.key: isinstance(column, Column) and column.default for column in made.insert_prefetch
    }
    keys = [column.keyname for column in made._result_columns]
    if (
        not keys
        or len({*keys}) < len(keys)
        or statement.get_execution_options()
        or made.post_compile_params
        or made.literal_execute_params
        or made.escaped_bind_names
        or any(getattr(column, "is_literal", False) for column in statement.exported_columns)
        or any(bind.callable for bind in binds.values())
        or {n for n, bind in binds.items() if bind.required} - {*names, *prefetched}
        or not all(d and (d.is_scalar or d.is_callable) for d in prefetched.values())
    ):
        return None
    given = {n: b.value for n, b in binds.items() if not b.required and n not in prefetched}
    return Plain(
        sql=made.string,
        binds=[(name, into[name]) for name in order],
        values=given | {n: default.arg for n, default in prefetched.items() if default.is_scalar},
        defaults={n: default.arg for n, default in prefetched.items() if default.is_callable},
        columns=made._result_columns,
        dialect=dialect,
    )


@lru_cache(maxsize=1)
def _is_possible() -> bool:
    """Whether SQLAlchemy still has the names that this needs and that it doesn't promise."""
    if missing := missing_names():
        logger.warning(
            "Plain rows go through SQLAlchemy, which costs more: it has no %s", ", ".join(missing)
        )
    return not missing


@lru_cache(maxsize=512)
def _uses(_: TypedReturnsRows[*Columns]) -> "count[int]":
    return count()


def plain_for(
    engine: Engine, statement: TypedReturnsRows[*Columns], parameters: Mapping[str, Any]
) -> Plain | None:
    """How to run a statement on a connection of the engine, or None for what needs SQLAlchemy. That
    is also what runs for the first time: one that is built for each request would be compiled for
    each, while SQLAlchemy knows it by its shape."""
    if not next(_uses(statement)) or is_watched(engine):
        return None
    return compiled(statement, tuple(parameters), engine.dialect)


def is_watched(engine: Engine) -> bool:
    """Whether an instrument, or a log, wants to see each statement, which only SQLAlchemy shows."""
    events: Any = engine.dispatch
    return bool(
        events.before_cursor_execute
        or events.after_cursor_execute
        or engine.logger.isEnabledFor(logging.INFO)
    )


def lend(engine: Engine) -> PoolProxiedConnection:
    """A connection of the pool. As all that follows, to be called where SQLAlchemy may wait."""
    try:
        return engine.raw_connection()
    except engine.dialect.loaded_dbapi.Error as error:
        base: Any = engine.dialect.loaded_dbapi.Error
        raise DBAPIError.instance(None, None, error, base, dialect=engine.dialect) from error


def run(
    engine: Engine,
    lent: PoolProxiedConnection,
    plain: Plain,
    parameters: Mapping[str, Any],
    *,
    begins: bool,
) -> Sequence[Any]:
    """The rows. `begins`: in a transaction, which begins with the first statement."""
    arguments = plain.arguments(parameters)
    act = partial(fetch, lent, engine.dialect, plain.sql, arguments, begins)
    if engine.dialect._has_events:  # the monitor of its pool asked for them
        observer = cast("ObservedPool", engine.pool).statements
        act = partial(observed, observer, plain.sql, act)
    records, kinds = on(engine, lent, act, plain.sql)
    return plain.rows(records, kinds)


def on(
    engine: Engine,
    lent: PoolProxiedConnection,
    act: Callable[[], Result],
    sql: str | None = None,
) -> Result:
    """Do something with a connection. Errors are SQLAlchemy's. A connection that is lost is given
    up, as is one whose statement was cut off: nobody knows in which state it is."""
    try:
        return act()
    except BaseException as error:
        dialect: Any = engine.dialect
        found = _translated(lent, error)
        if not isinstance(found, dialect.loaded_dbapi.Error):
            lent.invalidate(error)
            raise
        is_lost = dialect.is_disconnect(found, lent.dbapi_connection, None)
        told = DBAPIError.instance(
            sql,
            None,
            found,
            dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=is_lost,
            dialect=dialect,
        )
        if is_lost:
            lent.invalidate(told)
        raise told from found


def _translated(lent: PoolProxiedConnection, error: BaseException) -> BaseException:
    """A driver's error as SQLAlchemy's adapter raises it. Others stay what they are."""
    adapter: Any = lent.dbapi_connection
    if not isinstance(error, Exception):
        return error
    try:
        adapter._handle_exception(error)
    except (adapter.dbapi.Error, type(error)) as found:
        return found
    return error


def read(engine: Engine, plain: Plain, parameters: Mapping[str, Any]) -> Sequence[Any]:
    """The rows of a statement by itself, on a connection of its own and in no transaction."""
    lent = lend(engine)
    try:
        return run(engine, lent, plain, parameters, begins=False)
    finally:
        if lent.is_valid:
            lent.close()
