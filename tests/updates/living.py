"""Projects that live on: in git, made from a template that has versions, and worked on by commands
as people type them."""

import os
import pty
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import yaml

from tests.environments.installing import LOWEST, interpreter
from tests.rendering.renders import copy_of_template
from tests.updates.history import git

OLD, NEW = "v1.0.0", "v1.1.0"

MOST_SECONDS = 900
"""Until a command has to end: some install and check a whole project."""

TYPED = b"\r"
"""What somebody types who takes every default."""

PERSON = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
}


def variables() -> dict[str, str]:
    """As in a shell of somebody who has uv and git."""
    ours = {"VIRTUAL_ENV", "UV_FROZEN", "PYTHONPATH"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | PERSON | {"UV_PYTHON": interpreter(LOWEST), "UV_LINK_MODE": "copy"}


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Go on")


def template_with_versions(folder: Path) -> Path:
    """The working tree as the old version; the new one rewords a file, lacks one, has one more, and
    asks more."""
    template = copy_of_template(folder)
    lost = template / "template" / "docs" / "lost.md"
    lost.write_text("# Lost\n")
    git(template, "init", "--quiet", "--initial-branch=main")
    commit(template)
    git(template, "tag", OLD)
    lost.unlink()
    lost.with_name("gained.md").write_text("# Gained\n\nSomething else altogether.\n")
    replace(template / "template" / "src" / "app" / "chassis" / "garbage.py", '"""', '"""Newer: ')
    with (template / "copier.yml").open("a") as file:
        file.write("\nnickname:\n  type: str\n  help: How do friends call it?\n  default: Bob\n")
    commit(template)
    git(template, "tag", NEW)
    return template


def replace(path: Path, old: str, new: str) -> None:
    """Once."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@dataclass(frozen=True)
class Done:
    status: int
    output: str


BRIEF = {"PYTEST_ADDOPTS": "--ignore=tests/chassis"}
"""For tests of commands: what the chassis does is proven by rows."""


@dataclass(frozen=True)
class Project:
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    """Environment variables for its commands."""

    def path(self, path: str) -> Path:
        return self.folder / path

    def recorded(self) -> dict[str, str]:
        answers: dict[str, str] = yaml.safe_load(self.path(".copier-answers.yml").read_text())
        return answers

    def git(self, *arguments: str) -> str:
        return git(self.folder, *arguments).strip()

    def edit(self, path: str, old: str, new: str) -> None:
        replace(self.path(path), old, new)

    def run(self, command: str) -> Done:
        """With nobody to ask."""
        done = subprocess.run(
            ["sh", "-ec", command],
            cwd=self.folder,
            env=variables() | self.settings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def must(self, command: str) -> str:
        done = self.run(command)
        assert done.status == 0, f"{command}\n{done.output}"
        return done.output

    def at_terminal(self, command: str, keys: bytes = TYPED) -> Done:
        """With somebody who types the same to every question."""
        ours, theirs = pty.openpty()
        written: list[bytes] = []
        with subprocess.Popen(
            ["sh", "-ec", command],
            cwd=self.folder,
            env=variables() | self.settings | {"TERM": "dumb", "PROMPT_TOOLKIT_NO_CPR": "1"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        ) as process:
            os.close(theirs)
            reader = Thread(target=read_all, args=(ours, written))
            reader.start()
            deadline = time.monotonic() + MOST_SECONDS
            while process.poll() is None:
                assert time.monotonic() < deadline, b"".join(written)
                time.sleep(0.5)
                os.write(ours, keys)
            reader.join()
        os.close(ours)
        return Done(process.returncode, b"".join(written).decode(errors="replace"))


def read_all(terminal: int, written: list[bytes]) -> None:
    """Until nobody has it open any more, which Linux calls an error."""
    try:
        while chunk := os.read(terminal, 65536):
            written.append(chunk)
    except OSError:
        return


def start_project(template: Path, folder: Path, version: str = OLD, **answers: str) -> Project:
    """As somebody has it who generated that version and committed what `just setup` made."""
    given = " ".join(f"-d {name}={value}" for name, value in answers.items())
    command = f"uvx copier copy --quiet --defaults -r {version} {given} {template} {folder}"
    folder.mkdir()
    project = Project(folder)
    project.must(command)
    project.must("uv sync --quiet")
    project.git("init", "--quiet", "--initial-branch=main")
    commit(folder)
    return project
