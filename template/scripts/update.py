"""Brings the newest version of the template into the project, or other answers: `just update`.

Copier renders the version that the project has and the new one; `merging.py` merges both with your
edits. So what you edited in a file that moved is in the moved file, and what would be lost is named
before anything happens.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .merging import ANSWERS, Merge, merge, prepare

TAB = "\n    "
ARRIVED = ("--data", "layout=2")
"""For projects that are older than 0.3.0: their edits come along."""

MERGE = ("uv", "run", "alembic", "merge", "heads", "-m", "Merge what template and project added")

OPTIONS = (
    ("-r --vcs-ref", None, "a version, or `:current:` to change nothing but answers"),
    ("-d --data", None, "an answer, as in -d python_version=3.13"),
    ("--data-file", None, "a file of answers, in YAML"),
    ("--ask", None, "ask this question again; may hold *"),
    ("-l --defaults", 0, "ask nothing: your answers, and defaults for what is new"),
    ("-A --skip-answered", 0, "ask only what is new"),
)
"""Options of Copier, and whether they take a value."""

COMMIT = "Commit or stash this first, so that git has all of it: git add -A && git commit"
INIT = 'Git is your way back: git init && git add -A && git commit -m "Before the update"'


@dataclass(frozen=True)
class Update:
    old: str
    new: str
    """Versions of the template, as Copier records them."""

    plan: Merge
    gone: list[str]
    """Files that it deleted although you edited them."""

    conflicts: list[str]


class PassOn(argparse.Action):
    """Keeps an option as it was given, for Copier."""

    def __call__(
        self,
        _: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        value: Any,
        name: Any = None,
    ) -> None:
        given = [name] if self.nargs == 0 else [name, value]
        setattr(namespace, self.dest, [*getattr(namespace, self.dest), *given])


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """`questions` go to the render of the new version."""
    parser = argparse.ArgumentParser(prog="just update", allow_abbrev=False)
    parser.set_defaults(questions=[])
    add = parser.add_argument
    for names, n, told in OPTIONS:
        add(*names.split(), dest="questions", nargs=n, metavar="VALUE", action=PassOn, help=told)
    add("--delete-edited", action="store_true", help="delete files that you edited, too")
    add("--no-check", action="store_true", help="don't install, join migrations and check")
    return parser.parse_args(arguments)


def git(*arguments: str) -> list[str]:
    """The lines that it prints."""
    return subprocess.check_output(["git", *arguments], text=True).splitlines()


def obstacle() -> str:
    """What keeps an update from beginning, and what to do about it."""
    if not Path(ANSWERS).exists():
        return f"There is no {ANSWERS} here: run this in a project that Copier made."
    asked = ["git", "rev-parse", "--git-dir"]
    if subprocess.run(asked, capture_output=True, check=False).returncode:
        return f"This is no git repository. {INIT}"
    # Of all that the repository holds: the way back is to reset it.
    changed = git("status", "--short")
    return "\n".join([*changed, COMMIT]) if changed else ""


def render(folder: Path, *options: str) -> None:
    """The project as Copier alone would write it. Raises `CalledProcessError`."""
    folder.mkdir()
    shutil.copy(ANSWERS, folder)
    command = ["uvx", "copier", "recopy", "--quiet", "--overwrite", *options, str(folder)]
    subprocess.run(command, check=True)


def version(folder: Path) -> str:
    """Of the template, as Copier records it."""
    lines = (folder / ANSWERS).read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("_commit:"))


def may_delete(edited: Sequence[str]) -> bool:
    print("You edited these files, and the update deletes them:", *edited, sep="\n    ")
    if sys.stdin.isatty():
        return input("Delete them? [y/N] ").strip().lower() in {"y", "yes"}
    print("Add --delete-edited to let it.")
    return False


def update(options: argparse.Namespace) -> Update | None:
    """What was done; None when there is nothing to do."""
    with tempfile.TemporaryDirectory() as scratch:
        old, new = Path(scratch, "old"), Path(scratch, "new")
        render(old, "--defaults", "--vcs-ref", ":current:")
        render(new, *options.questions, *ARRIVED)
        if (old / ANSWERS).read_bytes() == (new / ANSWERS).read_bytes():
            print(f"Nothing to do: this is {version(old)}, with these answers.")
            return None
        plan = prepare(old, new, Path())
        if taken := plan.in_the_way(Path()):
            print("The update brings files of these names, and git does not have yours:", *taken)
            sys.exit("Move them away, or commit them. Nothing was changed.")
        doomed = plan.edited_and_gone()
        if doomed and not options.delete_edited and not may_delete(doomed):
            sys.exit("Nothing was changed.")
        for path in doomed:
            del plan.ours[path]
        return Update(version(old), version(new), plan, doomed, merge(plan, Path()))


def report(done: Update) -> None:
    what = f"from {done.old} to {done.new}" if done.old != done.new else "to other answers"
    print(f"Updated {what}. See it with: git diff")
    (commit,) = git("rev-parse", "--short", "HEAD")
    for path in done.gone:
        print(f"{path} is gone, with your edits. Back: git restore --source {commit} -- {path}")
    for addition in done.plan.additions:
        print(f"{done.plan.moves.own[addition.path]} has what you had added to {addition.path}")
    if done.plan.migrations:
        print("These stay, because a database may have run them:", *done.plan.migrations, sep=TAB)
        print('At the end: uv run just migrate "drop what is gone", then uv run just check')
    if done.conflicts:
        print("You and the template changed the same lines. Choose, and delete the marks:")
        print(*done.conflicts, sep="\n")
        print("Then: git add -A && uv sync && uv run just check")
    print("To give up instead: git reset --hard && git clean -di")


def finish(done: Update) -> int:
    """Install, join the migrations of both sides, and check."""
    subprocess.run(["uv", "sync"], check=True)
    heads = subprocess.check_output(["uv", "run", "alembic", "heads"], text=True)
    if len(heads.splitlines()) > 1:
        subprocess.run(MERGE, check=True)
        for fix in (["check", "--fix"], ["format"]):
            subprocess.run(["uv", "run", "ruff", *fix, "--quiet", "migrations"], check=True)
    if done.plan.migrations:  # models and migrations can't agree yet
        return 0
    return subprocess.run(["uv", "run", "just", "check"], check=False).returncode


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    if problem := obstacle():
        print(problem)
        return 1
    done = update(options)
    if done is None:
        return 0
    report(done)
    if done.conflicts:
        return 1
    return 0 if options.no_check else finish(done)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:  # it has said why
        sys.exit(failed.returncode)
