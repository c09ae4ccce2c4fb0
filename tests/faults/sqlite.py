"""A variant on SQLite: a folder of its own, where several processes serve the same file."""

import json
import sqlite3
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.environments.installing import Environment
from tests.servers import serving
from tests.servers.serving import Service, migrate

MODES = ("queue", "null")
HELD = 2.0
"""Seconds for which somebody else writes."""


@dataclass(frozen=True)
class File:
    mode: str
    project: Path
    environment: Environment

    @classmethod
    def migrated(cls, mode: str, project: Path, environment: Environment) -> "File":
        migrate(project, environment, {})
        return cls(mode, project, environment)

    @contextmanager
    def service(self, **settings: str) -> Generator[Service]:
        with serving.service(self.project, self.environment, settings) as running:
            yield running

    def stored(self, keys: Iterable[str]) -> dict[str, str]:
        """The names of users, by those of the e-mail addresses that they have."""
        query = "SELECT email, name FROM users WHERE email IN (SELECT value FROM json_each(?))"
        with closing(sqlite3.connect(self.project / "app.db")) as connection:
            return dict(connection.execute(query, [json.dumps(list(keys))]))

    def is_sound(self) -> bool:
        with closing(sqlite3.connect(self.project / "app.db")) as connection:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            return found == [("ok",)]


def hold_up(file: File) -> None:
    """Somebody else holds the lock of writers."""
    with closing(sqlite3.connect(file.project / "app.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(HELD)
        connection.execute("ROLLBACK")


BLOWS: Mapping[str, Callable[[File], object]] = {"locked": hold_up}
