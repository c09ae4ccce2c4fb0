"""The database of one process: where its sessions come from."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from .driver import PROBE
from .errors import database_errors
from .session import ReadSession, Session, unit_of_work_sessions

Result = TypeVar("Result")


class Database:
    """Made once per process, in the lifespan, by `engine.open_database`."""

    def __init__(
        self, writer: AsyncEngine, probe: AsyncEngine, read_session: Callable[[], ReadSession]
    ) -> None:
        self.writer = writer
        """The engine of units of work."""
        self._probe = probe
        self._probing = asyncio.Lock()
        self._read_session = read_session
        self._session = unit_of_work_sessions(writer)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Session]:
        """A unit of work: commits when the block ends, rolls back when it raises or is
        cancelled."""
        with database_errors():
            async with self._session() as session, session.begin():
                yield session

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[ReadSession]:
        """A session that only reads. Each statement sees what is committed when it starts."""
        with database_errors():
            async with self._read_session() as session:
                yield session

    async def concurrently(
        self, *reads: Callable[[ReadSession], Awaitable[Result]]
    ) -> list[Result]:
        """Run reads side by side, each in a task with a session of its own: sessions are never
        shared.

        Each read takes a connection. The first failure cancels the others and leaves in an
        ExceptionGroup.
        """

        async def run(read: Callable[[ReadSession], Awaitable[Result]]) -> Result:
            async with self.reading() as session:
                return await read(session)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(read)) for read in reads]
        return [task.result() for task in tasks]

    async def ping(self) -> None:
        """Ask the database something trivial, on a connection of its own: a busy pool is not a dead
        database.

        One at a time, so that probes never hold more than one connection.
        """
        with database_errors():
            async with self._probing, self._probe.connect() as connection:
                await connection.execute(text(PROBE))
