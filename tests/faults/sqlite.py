"""A variant on SQLite: a folder of its own, where several processes serve the same file."""

import json
import sqlite3
from collections.abc import Generator, Iterable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import serving
from tests.installing import Environment
from tests.serving import Service, migrate

MODES = ("queue", "null")


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
