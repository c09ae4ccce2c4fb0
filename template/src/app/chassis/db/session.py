"""Sessions: one for a unit of work, which commits or rolls back as a whole, and one that only
reads."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, Row, ScalarResult, event
from sqlalchemy.exc import InvalidRequestError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as SyncSession
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util import greenlet_spawn

from .errors import database_errors
from .plain import Columns, has_entities, lend, on, plain_for, read, run

Value = TypeVar("Value")

# A closed session must stay closed: a stream or a background task would reopen it and leak a
# connection.
OPTIONS: Mapping[str, Any] = {
    "autoflush": False,
    "expire_on_commit": False,
    "close_resets_only": False,
}


class UnitOfWork(SyncSession):
    """Opens its connection by itself and keeps it to the end. Statements which need no entities run
    on it without the bookkeeping of the ORM, and until the first other one without SQLAlchemy's."""

    _lent: PoolProxiedConnection | None = None
    """The connection, as long as nothing but plain rows ran on it."""
    _own: Connection | None = None
    """The connection from then on."""
    _is_closed = False

    def get_bind(self, *_: Any, **__: Any) -> Connection:
        if self._is_closed:
            raise InvalidRequestError("this session is closed")
        if self._own is None:
            self._own = self._taken_over() if self._lent else self._engine.connect()
        return self._own

    def _taken_over(self) -> Connection:
        """What has begun goes on in SQLAlchemy's hands."""
        own = Connection(self._engine, connection=self._usable())
        self._lent = None
        own.begin()
        return own

    def _usable(self) -> PoolProxiedConnection:
        if self._lent is None:
            self._lent = lend(self._engine)
        if not self._lent.is_valid:
            raise PendingRollbackError("this session lost its connection, and what it had done")
        return self._lent

    @property
    def _engine(self) -> Engine:
        return cast("Engine", self.bind)

    def holds_connection(self) -> bool:
        return not self._is_closed and (self._own is not None or self._lent is not None)

    def fetch(
        self, statement: TypedReturnsRows[*Columns], parameters: Mapping[str, Any]
    ) -> Sequence[Row[*Columns]]:
        if self._own is None and not self._is_closed and not self.in_transaction():
            plain = plain_for(self._engine, statement, parameters)
            if plain is not None:
                return run(self._engine, self._usable(), plain, parameters, begins=True)
        return self.current().execute(statement, parameters).all()

    def current(self) -> Connection:
        """The connection; by way of the ORM when that has begun, so that its savepoints are set."""
        return self.connection() if self.in_transaction() else self.get_bind()

    def commit(self) -> None:
        if self.in_transaction():
            super().commit()
        if self._own is not None:
            self._own.commit()
        elif self._lent is not None:
            on(self._engine, self._usable(), self._lent.commit)

    def rollback(self) -> None:
        super().rollback()
        if self._own is not None:
            self._own.rollback()
        elif self._lent is not None and self._lent.is_valid:
            on(self._engine, self._lent, self._lent.rollback)
        else:
            self._lent = None

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
            elif self._lent is not None and self._lent.is_valid:
                self._lent.close()  # which rolls back what is not committed


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

    def holds_connection(self) -> bool:
        return self._unit.holds_connection()

    @property
    def _unit(self) -> UnitOfWork:
        return cast("UnitOfWork", self.sync_session)


BEGUN: ContextVar[Session | None] = ContextVar("unit_of_work", default=None)
"""The last unit of work that a task began, or who started it. It may have ended."""


def holds_connection() -> bool:
    """Whether this task has a connection of the database that others may wait for."""
    session = BEGUN.get()
    return session is not None and session.holds_connection()


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
        plain = plain_for(self._reader, statement, parameters)
        if plain is not None:
            return read(self._reader, plain, parameters)
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


def unit_of_work_sessions(writer: AsyncEngine) -> async_sessionmaker[Session]:
    return async_sessionmaker(writer, class_=Session, **OPTIONS)
