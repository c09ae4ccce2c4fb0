"""Projects in git in which the commands of resources are run, as `just` runs them."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.environments.installing import Environment
from tests.servers.commands import run
from tests.updates.living import PERSON

INVOICE = [
    "invoice",
    "number:str=20:unique",
    "total:decimal(12,2):min=0:index",
    "status:enum(draft|sent|paid):default=draft",
    "customer:ref(user)",
    "issued_on:date:index",
    "note:text:optional",
]
LINE = ["invoice_line", "invoice:ref:cascade", "amount:int:min=1"]


@dataclass(frozen=True)
class Project:
    folder: Path
    environment: Environment

    def begin(self) -> None:
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()
        self.python("-m", "scripts.setup")

    def git(self, *arguments: str) -> str:
        command = ["git", "-C", str(self.folder), *arguments]
        variables = self.environment.variables() | PERSON
        return subprocess.run(
            command, env=variables, capture_output=True, text=True, check=True
        ).stdout

    def commit(self) -> None:
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "--message", "Go on")

    def status(self) -> str:
        return self.git("status", "--short", "--untracked-files=all")

    def python(self, *arguments: str, fails: bool = False) -> str:
        command = [self.environment.program("python"), *arguments]
        status, said = run(command, self.folder, self.environment.variables())
        assert bool(status) == fails, said
        assert "Traceback" not in said
        return said

    def resources(self, *arguments: str, fails: bool = False) -> str:
        """With its database running, as `just` does."""
        beside = ["-m", "scripts.postgres", "python"]
        has_server = (self.folder / "scripts/postgres.py").exists()
        server = beside if has_server else []
        return self.python(*server, "-m", "scripts.resources", *arguments, fails=fails)

    def tables(self) -> str:
        """All of SQLite's database, as SQL."""
        code = "import sqlite3; print(*sqlite3.connect('app.db').iterdump(), sep='\\n')"
        return self.python("-c", code)

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.folder / path
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()
