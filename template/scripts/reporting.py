"""Says what an update did, and what it leaves to you."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from .merging import Merge, Merged

TAB = "\n    "
GIVE_UP = "git reset --hard && git clean -di"
GO_ON = "uv run just update --finish"


@dataclass(frozen=True)
class Update:
    old: str
    new: str
    """Versions of the template, as Copier records them."""

    plan: Merge
    merged: Merged
    gone: list[str]
    """Files that it deletes although you edited them."""

    @property
    def disagree(self) -> bool:
        """Models and migrations, until you have written a migration."""
        return bool(self.plan.migrations or self.plan.back)


def report(done: Update) -> None:
    what = f"from {done.old} to {done.new}" if done.old != done.new else "to other answers"
    print(f"Updated {what}. See it with: git diff")
    _tell_of_files(done)
    _tell_of_migrations(done.plan)
    if conflicts := done.merged.conflicts():
        print("You and the template changed the same lines. Choose, and delete the marks:")
        print(*conflicts, sep="\n")
        print(f"Then: git add -A && {GO_ON}")
    print(f"To give up instead: {GIVE_UP}")


def _tell_of_files(done: Update) -> None:
    commit = subprocess.check_output(["git", "rev-parse", "--short", "HEAD"], text=True).strip()
    for path in done.gone:
        print(f"{path} is gone, with your edits. Back: git restore --source {commit} -- {path}")
    for addition in done.plan.additions:
        print(f"{done.plan.moves.own[addition.path]} has what you had added to {addition.path}")
    if missed := done.merged.missed:
        told = "You deleted these files, or moved and rewrote them, or have a link there. Their"
        print(f"{told} changes are yours to take over, if you want them:")
        print(*(f"    {line}" for line in _lines(missed.values())), sep="\n")


def _lines(texts: Iterable[str]) -> list[str]:
    return [line for text in texts for line in text.splitlines()]


def _tell_of_migrations(plan: Merge) -> None:
    if plan.migrations:
        print("These stay, because a database may have run them:", *plan.migrations, sep=TAB)
        print('At the end: uv run just migrate "drop what is gone", then uv run just check')
    if plan.back:
        told = "The template brings these again, and a migration of yours dropped what they made:"
        print(told, *plan.back, sep=TAB)
        print('At the end: uv run just migrate "make what is back", then uv run just check')
