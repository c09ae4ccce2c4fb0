"""Projects that live: made from a version of the template, edited, and updated by Copier."""

import shutil
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import copier._template
import yaml
from copier import run_copy, run_update
from copier._main import Worker
from copier._types import VcsRef
from copier._vcs import clone

from scripts.applying import apply  # of projects: `template/scripts`
from scripts.merging import merge, prepare
from tests.rendering.renders import Answers, compiling_once
from tests.updates.history import Change, History, git

ARRIVED = {"layout": 2}
"""What `just update` answers for a project that is older than 0.3.0."""

LOCK = "uv.lock"
"""The user's from the first day on: an update leaves it as it is."""

Files = dict[str, tuple[bytes, bool]]
"""Content, and whether it is executable, by path."""


@dataclass(frozen=True)
class Project:
    folder: Path

    def files(self) -> Files:
        paths = sorted(path for path in self.folder.rglob("*") if path.is_file())
        inside = {path.relative_to(self.folder): path for path in paths}
        return {
            name.as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
            for name, path in inside.items()
            if name.parts[0] != ".git"
        }

    def answers_file(self) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.safe_load((self.folder / ".copier-answers.yml").read_text())
        return loaded

    def recorded(self) -> dict[str, Any]:
        """Without what Copier itself keeps there."""
        return {key: what for key, what in self.answers_file().items() if not key.startswith("_")}

    def edit(self, change: Change) -> None:
        """As somebody who works on it: the edit is committed."""
        change(self.folder)
        self.commit()

    def commit(self) -> None:
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--allow-empty", "--no-verify", "--message=Work")

    def update(self, to: str | VcsRef, unsafe: bool = False, **answers: Any) -> None:
        """As `copier update --defaults` does; nothing is committed."""
        with hurrying():
            run_update(
                self.folder,
                vcs_ref=to,
                data=answers,
                defaults=True,
                overwrite=True,
                quiet=True,
                unsafe=unsafe,
            )

    def bring(self, history: History, to: str, **answers: Any) -> list[str]:
        """As `just update` does, and returns the files with conflicts; nothing is committed."""
        version = str(self.answers_file()["_commit"])
        old = fresh(history, version, self.recorded())
        new = fresh(history, to, {**self.recorded(), **ARRIVED, **answers})
        plan = prepare(old.folder, new.folder, self.folder)
        merged = merge(plan)
        apply(merged, plan.moves, self.folder)
        return merged.conflicts()

    def switch(self, **answers: Any) -> None:
        """Other answers, of the same version."""
        self.update(VcsRef.CURRENT, **answers)

    def conflicts(self) -> list[str]:
        """Files that wait for somebody to choose, and what was rejected."""
        unmerged = git(self.folder, "diff", "--name-only", "--diff-filter=U").splitlines()
        rejected = [path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.rej")]
        return sorted({*unmerged, *rejected})


def start(history: History, folder: Path, version: str, answers: Answers) -> Project:
    """A project that somebody generated from that version, and committed."""
    project = Project(folder)
    shutil.copytree(fresh(history, version, answers).folder, folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    project.commit()
    return project


def fresh(history: History, version: str, answers: Answers) -> Project:
    """What that version renders for these answers. It is shared: `start` makes one to write in."""
    made = _made.setdefault(history.folder, {})
    key = repr((version, sorted(answers.items())))
    if key not in made:
        folder = history.folder.with_name(f"{history.folder.name}-renders") / str(len(made))
        with hurrying():
            run_copy(
                str(history.folder),
                folder,
                vcs_ref=version,
                data=dict(answers),
                defaults=True,
                quiet=True,
                unsafe=False,
            )
        made[key] = Project(folder)
    return made[key]


_made: dict[Path, dict[str, Project]] = {}


def edited(project: Project, folder: Path, change: Change) -> Project:
    """A copy with the same edits that another project got."""
    shutil.copytree(project.folder, folder, ignore=shutil.ignore_patterns(".git"))
    change(folder)
    return Project(folder)


@contextmanager
def hurrying() -> Generator[None]:
    """Two thirds of an update go into cloning the same versions of the template, compiling the same
    names of files, and asking git for each file whether it minds the executable bit. A test
    compares such an update with one of Copier's command line."""
    note = Worker._sync_git_index_executable_bit

    def clone_once(url: str, ref: str, **_: str) -> str:
        commit = git(Path(url), "rev-parse", f"{ref}^{{commit}}").strip()
        kept = Path(f"{url}-clones") / commit
        return str(kept) if kept.exists() else clone(url, commit, str(kept))

    def note_if_needed(worker: Worker, path: Path, mode: int) -> None:
        if not minds_executable_bits(worker.subproject.local_abspath):
            note(worker, path, mode)

    with (
        compiling_once(),
        patch.object(copier._template, "clone", clone_once),
        patch.object(Worker, "_sync_git_index_executable_bit", note_if_needed),
    ):
        yield


@cache
def minds_executable_bits(folder: Path) -> bool:
    """Then there is nothing for Copier to do about them."""
    return not (folder / ".git").exists() or git(folder, "config", "core.fileMode") == "true\n"


def run_copier(*arguments: str, at: Path) -> None:
    """Its command line, without shortcuts. Raises `CalledProcessError`."""
    subprocess.run([sys.executable, "-m", "copier", *arguments], cwd=at, check=True)
