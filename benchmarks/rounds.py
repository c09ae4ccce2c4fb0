"""Rounds: every server does every kind of work for a slice of time, in rotating order."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeVar

from benchmarks import processes
from benchmarks.errors import MeasurementError
from benchmarks.load import Load, drive
from benchmarks.servers import Server

Item = TypeVar("Item")


@dataclass(frozen=True)
class Slice:
    """What one server did for one kind of work in one round."""

    server: str
    work: str
    cpu_seconds: float
    database_seconds: float
    """CPU of PostgreSQL meanwhile."""

    load: Load

    @classmethod
    def of(cls, slices: Sequence["Slice"]) -> "Slice":
        """Several of the same server and work as one."""
        return cls(
            slices[0].server,
            slices[0].work,
            sum(one.cpu_seconds for one in slices),
            sum(one.database_seconds for one in slices),
            Load.of([one.load for one in slices]),
        )

    @property
    def cpu(self) -> float:
        """The server's microseconds for one request. What was under way when the clients left was
        paid for as well."""
        return self.cpu_seconds / (self.load.requests + self.load.unanswered) * 1e6

    @property
    def database_cpu(self) -> float:
        return self.database_seconds / (self.load.requests + self.load.unanswered) * 1e6

    @property
    def whole_cpu(self) -> float:
        return self.cpu + self.database_cpu


@dataclass(frozen=True)
class Rounds:
    database: int
    """The process of PostgreSQL."""

    seconds: int
    """Of one slice."""

    clients: int | None = None
    """Instead of as many as a work says."""

    base_twice: bool = True
    """Whether the first server has two turns, because all others are compared with it."""

    may_refuse: bool = False
    """Whether requests may fail: a server that refuses work is cheap."""

    def run(
        self, servers: Sequence[Server], works: Sequence[str], rounds: int
    ) -> list[list[Slice]]:
        """After a round that doesn't count, for what is made at the first need."""
        tags = map(str, count())
        print("warming up", file=sys.stderr)
        replace(self, seconds=1).round(servers, works, 0, tags)
        done = []
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", file=sys.stderr)
            done.append(self.round(servers, works, number, tags))
        return done

    def round(
        self, servers: Sequence[Server], works: Sequence[str], number: int, tags: Iterator[str]
    ) -> list[Slice]:
        """A second turn of the first server comes half way between two of its first ones."""
        half = (len(servers) + 1) // 2
        again = servers[:1] if self.base_twice else []
        row = [*servers[:half], *again, *servers[half:]]
        found: dict[tuple[str, str], list[Slice]] = {}
        for place, work in enumerate(works):
            for server in rotated(row, number + place):
                if work in server.works:
                    slices = found.setdefault((server.name, work), [])
                    slices.append(self.measure(server, work, next(tags)))
        return [Slice.of(slices) for slices in found.values()]

    def measure(self, server: Server, work: str, tag: str) -> Slice:
        """Raises `MeasurementError` when a request did, unless that is expected."""
        server.forget_log()
        before, database = server.cpu_seconds(), processes.cpu_seconds(self.database)
        wanted = server.works[work]
        if self.clients and wanted.how != "import":
            wanted = replace(wanted, clients=self.clients)
        load = drive(server.port, wanted, self.seconds, server.ids, tag)
        server.settle()
        used = server.cpu_seconds() - before
        if load.trouble and not self.may_refuse:
            raise MeasurementError(f"{server.name}, {work}: {load.trouble}\n{server.last_words()}")
        return Slice(server.name, work, used, processes.cpu_seconds(self.database) - database, load)


def rotated(items: Sequence[Item], by: int) -> list[Item]:
    by %= len(items)
    return [*items[by:], *items[:by]]
