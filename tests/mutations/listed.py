"""The list of mutations, a file for each group of patterns: what is changed, and which tests fail.

In a file stands, for each mutation, under the id of its pattern:

- `breaks`, what is not true any more, by which it can be called, too;
- `file` of the project, the text `old` in it, which is there once, and the `new` one;
- `tests` that fail then, each of them, as pytest calls them, or a check of `just check`;
- `says`, what a check prints then, for it may fail for another reason;
- `of`, the render that it is of, where that isn't the first one of `RENDERS`.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

GROUPS = ("asyncio", "fastapi", "sqlalchemy", "pooling", "tracing", "tooling")

RENDERS: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"preset": "full"},
    "postgres": {"preset": "full", "database_driver": "asyncpg"},
    "direct": {
        **{"preset": "full", "database_driver": "asyncpg"},
        **{"pooling_mode": "asyncpg", "read_replica": True},
    },
    "pgbouncer": {
        **{"preset": "minimal", "database_driver": "asyncpg"},
        **{"pooling_mode": "pgbouncer"},
    },
    "null": {"preset": "minimal", "database_driver": "asyncpg", "pooling_mode": "null"},
    "granian": {"preset": "minimal", "server": "granian"},
}
"""The answers of each, by the name that the list has for it."""

CHECKS: Mapping[str, tuple[str, ...]] = {
    "ruff check": ("ruff", "check", "--output-format=json"),
    "ruff format": ("ruff", "format", "--check", "--quiet"),
    "lint-imports": ("lint-imports",),
}
"""What else than a test may find a mutation: steps of `just check`, by their names."""


@dataclass(frozen=True)
class Mutation:
    pattern: str
    breaks: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    of: str = "sqlite"
    says: str = ""

    def __str__(self) -> str:
        return f"{self.pattern}: {self.breaks}"

    def is_meant(self, words: str) -> bool:
        """By the id of its pattern, by its render, or by some words of what it breaks."""
        return words in {self.pattern, self.of} or words.lower() in self.breaks.lower()

    def applied(self, text: str) -> str:
        """Raises `ValueError` unless what it changes is there once."""
        if text.count(self.old) != 1:
            raise ValueError(f"{self}: {self.file} holds {text.count(self.old)} times: {self.old}")
        return text.replace(self.old, self.new)


@cache
def mutations() -> tuple[Mutation, ...]:
    """All of them, in the order of the patterns in their files."""
    return tuple(found for group in GROUPS for found in _of_group(group))


def _of_group(group: str) -> Iterator[Mutation]:
    read = tomllib.loads((Path(__file__).parent / f"{group}.toml").read_text())
    for pattern, listed in read.items():
        for one in listed:
            yield Mutation(pattern, **one | {"tests": tuple(one["tests"])})
