"""The database of one process: where its sessions come from."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from .driver import PROBE
from .errors import database_errors
from .monitor import PoolMonitor
from .schema import Schema
from .session import BEGUN, ReadSession, Session, unit_of_work_sessions

Result = TypeVar("Result")


class Transaction:
    """No generator, and no second one for errors where there is none: each makes several calls."""

    __slots__ = ("_session",)

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __aenter__(self) -> Session:
        BEGUN.set(self._session)
        return self._session

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        try:
            if error is not None:
                raise error
            await self._session.finish()
        except BaseException:
            # Its exit rolls back to the end, also when it is cancelled once more.
            with database_errors():
                async with self._session:
                    raise


class Database:
    """Made once per process, in the lifespan, by `open_database`."""

    def __init__(
        self,
        writer: AsyncEngine,
        probe: AsyncEngine,
        reader: ReadSession,
        *,
        pools: Sequence[PoolMonitor] = (),
    ) -> None:
        self.writer = writer
        """The engine of units of work."""
        self.reader = reader
        """For whoever only reads."""
        self.primary_reader = reader
        """For whoever decides by what it reads, such as who may do what: it sees the last commit,
        also where `reader` asks a replica."""
        self.pools = pools
        """What connections come from, one by one."""
        self.probes = [probe]
        """Engines to ask whether the database answers."""
        self.awaited: Schema | None = None
        """What it must have before it answers well; None from then on."""
        self._session = unit_of_work_sessions(writer)

    def transaction(self) -> "Transaction":
        """A unit of work: commits when the block ends, rolls back when it raises or is
        cancelled."""
        return Transaction(self._session())

    async def concurrently(
        self, *reads: Callable[[ReadSession], Coroutine[Any, Any, Result]]
    ) -> list[Result]:
        """Run reads side by side, each in a task and on connections of its own.

        The first failure cancels the others and leaves in an ExceptionGroup.
        """
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(read(self.reader)) for read in reads]
        return [task.result() for task in tasks]

    async def ping(self) -> None:
        """Ask the database something trivial, on a connection of its own: a busy pool is not a dead
        database; and once, whether it has been migrated. Probes ask `Readiness`, which asks this
        for all of them."""
        with database_errors():
            for probe in self.probes:
                async with probe.connect() as connection:
                    await connection.execute(text(PROBE))
                    if self.awaited:
                        await self.awaited.demand(connection)
        self.awaited = None
