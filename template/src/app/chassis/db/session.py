"""Sessions: one for a unit of work, which commits or rolls back as a whole, and one that only
reads."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple, cast

from sqlalchemy import ColumnElement, Connection, Engine, Row, ScalarResult, Select, event
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import ORMExecuteState, QueryableAttribute
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util import greenlet_spawn

from .errors import database_errors

Columns = TypeVarTuple("Columns")
Value = TypeVar("Value")

# A closed session must stay closed: a stream or a background task would reopen it and leak a
# connection.
OPTIONS: Mapping[str, Any] = {
    "autoflush": False,
    "expire_on_commit": False,
    "close_resets_only": False,
}


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


class UnitOfWork(SyncSession):
    """Opens its connection by itself and keeps it to the end, so that statements which need no
    entities run on it without the bookkeeping of the ORM."""

    _own: Connection | None = None
    _is_closed = False

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        if self._is_closed:
            raise InvalidRequestError("this session is closed")
        if self._own is None:
            self._own = cast("Engine", self.bind).connect()
        return self._own

    def fetch(
        self, statement: TypedReturnsRows[*Columns], parameters: Mapping[str, Any]
    ) -> Sequence[Row[*Columns]]:
        return self.current().execute(statement, parameters).all()

    def current(self) -> Connection:
        """The connection; by way of the ORM when that has begun, so that its savepoints are set."""
        return self.connection() if self.in_transaction() else self.get_bind()

    def commit(self) -> None:
        if self.in_transaction():
            super().commit()
        if self._own is not None:
            self._own.commit()

    def rollback(self) -> None:
        super().rollback()
        if self._own is not None:
            self._own.rollback()

    def finish(self) -> None:
        self.commit()
        self.close()

    def close(self) -> None:
        self._is_closed = True
        try:
            super().close()
        finally:
            if self._own is not None:
                # After a commit that failed, `close` alone would take the connection for clean.
                self._own.rollback()
                self._own.close()


class Session(AsyncSession):
    """A unit of work. `rows` and `row` make no entities, which is what the hot paths use."""

    sync_session_class = UnitOfWork

    async def rows(
        self, statement: TypedReturnsRows[*Columns], **parameters: Any
    ) -> Sequence[Row[*Columns]]:
        """All rows of a statement that a module builds once, with `bindparam` for what varies."""
        if has_entities(statement):
            return (await self.execute(statement, parameters)).all()
        return await greenlet_spawn(self._unit.fetch, statement, parameters)

    async def row(
        self, statement: TypedReturnsRows[*Columns], **parameters: Any
    ) -> Row[*Columns] | None:
        """The first row, or None."""
        rows = await self.rows(statement, **parameters)
        return rows[0] if rows else None

    async def finish(self) -> None:
        """Commit and close, in one step."""
        await greenlet_spawn(self._unit.finish)

    @property
    def _unit(self) -> UnitOfWork:
        return cast("UnitOfWork", self.sync_session)


class ReadSession:
    """Only reads, each statement by itself: it takes a connection for as long as the statement
    runs, and no transaction, which saves a BEGIN and a ROLLBACK.

    Each statement sees what is committed when it starts, so two of them may see different moments.
    It holds nothing in between, so that tasks may share it.
    """

    def __init__(self, reader: AsyncEngine) -> None:
        """`reader` is an engine that commits each statement by itself (isolation level
        AUTOCOMMIT)."""
        self._reader = reader.sync_engine
        self._sessions = async_sessionmaker(reader, sync_session_class=_ReadOnly, **OPTIONS)

    async def rows(
        self, statement: TypedReturnsRows[*Columns], **parameters: Any
    ) -> Sequence[Row[*Columns]]:
        """All rows of a statement that a module builds once, with `bindparam` for what varies."""
        if statement.is_dml or has_entities(statement):
            async with self.entities() as session:
                return (await session.execute(statement, parameters)).all()
        with database_errors():
            return await greenlet_spawn(self._fetch, statement, parameters)

    def _fetch(
        self, statement: TypedReturnsRows[*Columns], parameters: Mapping[str, Any]
    ) -> Sequence[Row[*Columns]]:
        with self._reader.connect() as connection:
            return connection.execute(statement, parameters).all()

    async def row(
        self, statement: TypedReturnsRows[*Columns], **parameters: Any
    ) -> Row[*Columns] | None:
        """The first row, or None."""
        rows = await self.rows(statement, **parameters)
        return rows[0] if rows else None

    async def scalar(self, statement: TypedReturnsRows[Value]) -> Value | None:
        async with self.entities() as session:
            return await session.scalar(statement)

    async def scalars(self, statement: TypedReturnsRows[Value]) -> ScalarResult[Value]:
        async with self.entities() as session:
            return await session.scalars(statement)

    async def get(
        self, model: type[Value], key: Any, *, options: Sequence[ORMOption] | None = None
    ) -> Value | None:
        async with self.entities() as session:
            return await session.get(model, key, options=options)

    @asynccontextmanager
    async def entities(self) -> AsyncGenerator[AsyncSession]:
        """A session of the ORM, for several statements about the same entities. It refuses to
        write, but does not judge textual SQL."""
        with database_errors():
            async with self._sessions() as session:
                yield session


ONLY_READS = "this session only reads: write through SessionDep"


class _ReadOnly(SyncSession):
    """Its statements commit by themselves, so a write must not slip through."""


@event.listens_for(_ReadOnly, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError(ONLY_READS)


@event.listens_for(_ReadOnly, "before_flush")
def _refuse_flush(*_: object) -> None:
    raise RuntimeError(ONLY_READS)


def unit_of_work_sessions(
    writer: AsyncEngine, kind: type[Session] = Session
) -> async_sessionmaker[Session]:
    return async_sessionmaker(writer, class_=kind, **OPTIONS)
