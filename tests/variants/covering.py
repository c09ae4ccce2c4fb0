"""Covering arrays: few rows that hold every valid combination of so many values."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product

Level = tuple[str, str]
"""A factor and one of its values."""

Row = dict[str, str]
"""A value for each factor, or for some of them."""


@dataclass(frozen=True)
class Constraint:
    """What some factors allow each other."""

    scope: frozenset[str]
    """The factors on whose values `allows` depends."""

    allows: Callable[[Row], bool]
    """Asked with a value for each factor of the scope, once per combination."""


class Space:
    """Factors with their values, and the constraints between them."""

    def __init__(
        self, factors: Mapping[str, Sequence[str]], constraints: Iterable[Constraint] = ()
    ) -> None:
        self.factors = {name: list(values) for name, values in factors.items()}
        self._constraints = list(constraints)
        self._known: dict[tuple[Constraint, tuple[Level, ...]], bool] = {}
        self._completable: dict[frozenset[Level], bool] = {}

    @cached_property
    def _constrained(self) -> list[str]:
        """The factors that are in a scope: all others are free."""
        scopes = frozenset().union(*(constraint.scope for constraint in self._constraints))
        return [name for name in self.factors if name in scopes]

    def can_be_completed(self, partial: Row) -> bool:
        """Whether some valid row holds these values."""
        names = self._reached(partial)
        key = frozenset((name, partial[name]) for name in names if name in partial)
        if key not in self._completable:
            self._completable[key] = self._search(dict(key), names)
        return self._completable[key]

    def _reached(self, partial: Row) -> list[str]:
        """The constrained factors that these values have to do with, even by way of others."""
        reached = set(partial)
        while more := [
            c.scope for c in self._constraints if c.scope & reached and c.scope - reached
        ]:
            reached.update(*more)
        return [name for name in self._constrained if name in reached]

    def _search(self, partial: Row, names: list[str]) -> bool:
        if not self._allowed(partial):
            return False
        free = next((name for name in names if name not in partial), None)
        if free is None:
            return True
        return any(self._search({**partial, free: v}, names) for v in self.factors[free])

    def _allowed(self, partial: Row) -> bool:
        return all(
            self._ask(constraint, partial)
            for constraint in self._constraints
            if constraint.scope <= partial.keys()
        )

    def _ask(self, constraint: Constraint, partial: Row) -> bool:
        values = {name: partial[name] for name in sorted(constraint.scope)}
        key = (constraint, tuple(values.items()))
        if key not in self._known:
            self._known[key] = constraint.allows(values)
        return self._known[key]

    def combinations(self, strength: int) -> Iterator[Row]:
        """Every combination of so many values, the invalid ones included."""
        for names in combinations(self.factors, strength):
            for values in product(*(self.factors[name] for name in names)):
                yield dict(zip(names, values, strict=True))


def cover(space: Space, strength: int, seeds: Iterable[Row] = (), attempts: int = 1) -> list[Row]:
    """Rows that hold every valid combination of `strength` values, the completed seeds first.

    Greedy and by chance, so the shortest of some attempts is taken; the same arguments give the
    same rows. Raises `ValueError` for a seed that no valid row holds.
    """
    seeds = list(seeds)
    for seed in seeds:
        if not space.can_be_completed(seed):
            raise ValueError(f"no valid row holds {seed}")
    wanted = [
        tuple(sorted(combination.items()))
        for combination in space.combinations(strength)
        if space.can_be_completed(combination)
    ]
    arrays = (_Array(space, strength, wanted, number) for number in range(attempts))
    return min((array.rows(seeds) for array in arrays), key=len)


class _Array:
    """One attempt."""

    def __init__(
        self, space: Space, strength: int, wanted: list[tuple[Level, ...]], number: int
    ) -> None:
        self._space = space
        self._strength = strength
        self._random = random.Random(number)
        self._random.shuffle(wanted)
        # A set of text would have another order in every process.
        self._missing = dict.fromkeys(wanted)

    def rows(self, seeds: list[Row]) -> list[Row]:
        found = [self._completed(seed) for seed in seeds]
        while self._missing:
            found.append(self._completed(dict(next(iter(self._missing)))))
        return found

    def _completed(self, start: Row) -> Row:
        """With the values for what is free that bring most of what is missing."""
        row = dict(start)
        free = [name for name in self._space.factors if name not in row]
        self._random.shuffle(free)
        for name in free:
            values = [{**row, name: value} for value in self._space.factors[name]]
            fitting = [row for row in values if self._space.can_be_completed(row)]
            row = max(fitting, key=lambda row: self._gain(row, name))
        for combination in combinations(sorted(row.items()), self._strength):
            self._missing.pop(combination, None)
        return {name: row[name] for name in self._space.factors}

    def _gain(self, row: Row, name: str) -> tuple[int, float]:
        """What a row brings by its newest value; chance decides between equals."""
        level = (name, row[name])
        others = [other for other in row.items() if other != level]
        found = sum(
            tuple(sorted((*some, level))) in self._missing
            for some in combinations(others, self._strength - 1)
        )
        return found, self._random.random()
