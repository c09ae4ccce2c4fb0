"""What a pool is doing, and who is told."""

from dataclasses import dataclass
from time import perf_counter
from typing import Protocol, Self, cast

from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import Pool, PoolProxiedConnection


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


class PoolMonitor(Protocol):
    name: str
    observer: PoolObserver | None
    """None: nobody is told, and nothing is spent."""

    def status(self) -> PoolStatus: ...


class ObservedPool(Pool):
    """What SQLAlchemy's pools lack."""

    observer: PoolObserver | None = None
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
        pool.observer = self.observer
        return pool


class EngineMonitor:
    """The monitor of an engine that was made with an `ObservedPool`."""

    def __init__(self, name: str, engine: AsyncEngine) -> None:
        self.name = name
        self._engine = engine

    @property
    def observer(self) -> PoolObserver | None:
        return self._pool.observer

    @observer.setter
    def observer(self, observer: PoolObserver | None) -> None:
        self._pool.observer = observer

    def status(self) -> PoolStatus:
        return self._pool.now()

    @property
    def _pool(self) -> ObservedPool:
        return cast("ObservedPool", self._engine.pool)
