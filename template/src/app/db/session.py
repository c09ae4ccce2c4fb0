"""Sessions: one for a unit of work, which commits or rolls back as a whole, and one that only
reads."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVarTuple

from sqlalchemy import Row, Select, event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as SyncSession

Columns = TypeVarTuple("Columns")


class Session(AsyncSession):
    """A session that can also read rows without making entities of them, for the hot paths."""

    async def rows(self, statement: Select[*Columns], **parameters: Any) -> Sequence[Row[*Columns]]:
        """All rows of a statement that a module builds once, with `bindparam` for what varies."""
        return (await self.execute(statement, parameters)).all()

    async def row(self, statement: Select[*Columns], **parameters: Any) -> Row[*Columns] | None:
        """The first row, or None."""
        rows = await self.rows(statement, **parameters)
        return rows[0] if rows else None


class _ReadOnly(SyncSession):
    """Its statements commit by themselves, so a write must not slip through. Textual SQL is not
    judged."""


@event.listens_for(_ReadOnly, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        raise RuntimeError("this session only reads: write through SessionDep")


@event.listens_for(_ReadOnly, "before_flush")
def _refuse_flush(*_: object) -> None:
    raise RuntimeError("this session only reads: write through SessionDep")


class ReadSession(Session):
    """Reads without a transaction, which saves a BEGIN and a ROLLBACK.

    Each statement sees what is committed when it starts, so two of them may see different moments.
    """

    sync_session_class = _ReadOnly


# A closed session must stay closed: a stream or a background task would reopen it and leak a
# connection.
OPTIONS: Mapping[str, Any] = {
    "autoflush": False,
    "expire_on_commit": False,
    "close_resets_only": False,
}


def unit_of_work_sessions(writer: AsyncEngine) -> async_sessionmaker[Session]:
    return async_sessionmaker(writer, class_=Session, **OPTIONS)


def read_sessions(reader: AsyncEngine) -> async_sessionmaker[ReadSession]:
    """`reader` is an engine that runs each statement by itself (isolation level AUTOCOMMIT)."""
    return async_sessionmaker(reader, class_=ReadSession, **OPTIONS)
