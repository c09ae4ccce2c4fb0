"""Figures of a run: what the slices of all rounds say about each server and kind of work."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from benchmarks.rounds import Slice

MOST_SPREAD = 0.4
"""Of the limit between the rounds: beyond it the machine had something else to do."""


@dataclass(frozen=True)
class Spread:
    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))

    @property
    def relative(self) -> float:
        return (self.max - self.min) / self.median if self.median else 0.0


@dataclass(frozen=True)
class Figure:
    cpu: Spread
    """Microseconds of the server's CPU for one request."""

    ratio: Spread
    """The same as a multiple of the base's in the same round."""

    whole_ratio: Spread
    """The ratio of the CPU of server and PostgreSQL together."""

    database_cpu: Spread
    """Microseconds of PostgreSQL's CPU for one request."""

    rate: Spread
    """Requests per second."""

    p50: Spread
    p99: Spread
    """Milliseconds."""

    refused: int = 0
    """Requests that failed, in all rounds, where that is allowed."""


Figures = Mapping[str, Mapping[str, Figure]]
"""By server, then by kind of work."""


def figures(rounds: Sequence[Sequence[Slice]], base: str) -> Figures:
    """`base` is the server that the others are compared with."""
    tables = [{(one.server, one.work): one for one in slices} for slices in rounds]
    found: dict[str, dict[str, Figure]] = {}
    for server, work in tables[0]:
        slices = [table[server, work] for table in tables]
        bases = [table[base, work] for table in tables]
        found.setdefault(server, {})[work] = _figure(slices, bases)
    return found


def _figure(slices: Sequence[Slice], bases: Sequence[Slice]) -> Figure:
    pairs = list(zip(slices, bases, strict=True))
    return Figure(
        cpu=Spread.of([one.cpu for one in slices]),
        ratio=Spread.of([_over(one.cpu, base.cpu) for one, base in pairs]),
        whole_ratio=Spread.of([_over(one.whole_cpu, base.whole_cpu) for one, base in pairs]),
        database_cpu=Spread.of([one.database_cpu for one in slices]),
        rate=Spread.of([one.load.rate for one in slices]),
        p50=Spread.of([one.load.p50 * 1000 for one in slices]),
        p99=Spread.of([one.load.p99 * 1000 for one in slices]),
        refused=sum(one.load.refused for one in slices),
    )


def _over(value: float, base: float) -> float:
    return value / base if base else 0.0


def noise(found: Figures, base: str) -> dict[str, float]:
    """The spread of the base by kind of work."""
    return {work: round(figure.cpu.relative, 3) for work, figure in found[base].items()}


def too_noisy(spreads: Mapping[str, float]) -> bool:
    return max(spreads.values()) > MOST_SPREAD


def as_json(found: Figures) -> dict[str, Any]:
    return {
        server: {work: _rounded(asdict(figure)) for work, figure in works.items()}
        for server, works in found.items()
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, 3) if isinstance(value, float) else value
