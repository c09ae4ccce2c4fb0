"""What a pool is doing, and who is told."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any, Protocol, Self, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import Pool, PoolProxiedConnection

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class PoolStatus:
    size: int
    """Connections that are kept at most; 0 where nothing pools."""
    limit: int
    """Connections that are lent at most, overflow included; 0 where all who come get one."""
    in_use: int
    """Lent right now, or being made for somebody."""
    idle: int
    """Open and not lent."""
    overflow: int
    """Of those in use, beyond `size`."""
    waiting: int
    """Callers in the queue."""


class PoolObserver(Protocol):
    def acquired(self, seconds: float) -> None:
        """Somebody got a connection after waiting this long, which includes connecting."""

    def timed_out(self) -> None:
        """Somebody gave up, as `PoolExhausted` tells the caller."""


Ending = Callable[[BaseException | None], object]


class StatementObserver(Protocol):
    def begun(self, sql: str) -> Ending | None:
        """A statement runs now. What is returned is called at its end, with what it failed by."""


class PoolMonitor(Protocol):
    name: str
    observer: PoolObserver | None
    """None: nobody is told, and nothing is spent."""
    statements: StatementObserver | None
    """Who is told of each statement on a connection of the pool, whichever way it takes."""

    def status(self) -> PoolStatus: ...


def observed(observer: StatementObserver | None, sql: str, act: Callable[[], Result]) -> Result:
    """What `act`, which runs the statement, returns."""
    ended = observer.begun(sql) if observer is not None else None
    if ended is None:
        return act()
    try:
        result = act()
    except BaseException as error:
        ended(error)
        raise
    ended(None)
    return result


class ObservedPool(Pool):
    """What SQLAlchemy's pools lack."""

    observer: PoolObserver | None = None
    statements: StatementObserver | None = None
    _sqla_logger_namespace = "sqlalchemy.pool"  # its records have the library's level, not ours

    def now(self) -> PoolStatus:
        raise NotImplementedError

    def connect(self) -> PoolProxiedConnection:
        if self.observer is None:
            return super().connect()
        begin = perf_counter()
        try:
            connection = super().connect()
        except PoolTimeout:
            self.observer.timed_out()
            raise
        self.observer.acquired(perf_counter() - begin)
        return connection

    def recreate(self) -> Self:
        """An engine that is disposed of goes on with another pool."""
        pool = cast("Self", super().recreate())
        pool.observer, pool.statements = self.observer, self.statements
        return pool


class EngineMonitor:
    """The monitor of an engine that was made with an `ObservedPool`."""

    def __init__(self, name: str, engine: AsyncEngine) -> None:
        self.name = name
        self._engine = engine
        self._listens = False

    @property
    def observer(self) -> PoolObserver | None:
        return self._pool.observer

    @observer.setter
    def observer(self, observer: PoolObserver | None) -> None:
        self._pool.observer = observer

    @property
    def statements(self) -> StatementObserver | None:
        return self._pool.statements

    @statements.setter
    def statements(self, observer: StatementObserver | None) -> None:
        """Events of the cursor would keep plain rows from running on the driver. Those of the
        dialect, which runs the cursor, don't, and come with it in between."""
        if not self._listens:
            self._listens = True
            dialect: Any = self._engine.dialect
            for name in ("do_execute", "do_executemany", "do_execute_no_params"):
                run = getattr(dialect, name)
                event.listen(self._engine.sync_engine, name, partial(self._tell, run))
        self._pool.statements = observer

    def _tell(self, run: Callable[..., None], cursor: Any, sql: str, *more: Any) -> bool:
        observed(self._pool.statements, sql, partial(run, cursor, sql, *more))
        return True  # it ran

    def status(self) -> PoolStatus:
        return self._pool.now()

    @property
    def _pool(self) -> ObservedPool:
        return cast("ObservedPool", self._engine.pool)
