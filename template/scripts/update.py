"""Brings the newest version of the template into the project, or other answers: `just update`.

Copier deletes what the new version or the new answers no longer bring, edited or not. So both are
rendered into temporary directories first, and what you edited is named before anything happens.
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

ANSWERS = ".copier-answers.yml"
MIGRATIONS = "migrations/versions/"
MERGE = ("uv", "run", "alembic", "merge", "heads", "-m", "Merge what template and project added")

OPTIONS = (
    ("-r --vcs-ref", "questions", None, "a version, or `:current:` to change nothing but answers"),
    ("-d --data", "questions", None, "an answer, as in -d python_version=3.13"),
    ("--data-file", "questions", None, "a file of answers, in YAML"),
    ("--ask", "questions", None, "ask this question again; may hold *"),
    ("-l --defaults", "questions", 0, "ask nothing: your answers, and defaults for what is new"),
    ("-A --skip-answered", "questions", 0, "ask only what is new"),
    ("-o --conflict", "merging", None, "inline, for marks in the files, or rej, for files beside"),
    ("-c --context-lines", "merging", None, "lines around a change that must be the same (3)"),
)
"""Options of Copier, the step that they are about, and whether they take a value."""

COMMIT = "Commit or stash this first, so that git has all of it: git add -A && git commit"
INIT = 'Git is your way back: git init && git add -A && git commit -m "Before the update"'


@dataclass(frozen=True)
class Plan:
    """What an update is going to do."""

    old: str
    new: str
    """Versions of the template, as Copier records them."""

    edited: list[str]
    """Files that it deletes although you edited them."""

    migrations: list[str]
    """Migrations that it would delete. They stay: a database may have run them."""


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
    """`questions` go to the render of the new version, `merging` to the update itself."""
    parser = argparse.ArgumentParser(prog="just update", allow_abbrev=False)
    parser.set_defaults(questions=[], merging=[])
    add = parser.add_argument
    for names, step, n, told in OPTIONS:
        add(*names.split(), dest=step, nargs=n, metavar="VALUE", action=PassOn, help=told)
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


def compare(old: Path, new: Path, project: Path) -> Plan:
    """Two renders, and the project that was the first of them once."""
    files = [path.relative_to(old).as_posix() for path in sorted(old.rglob("*")) if path.is_file()]
    gone = [path for path in files if not (new / path).exists() and (project / path).is_file()]
    doomed = [path for path in gone if not path.startswith(MIGRATIONS)]
    return Plan(
        version(old),
        version(new),
        [path for path in doomed if (project / path).read_bytes() != (old / path).read_bytes()],
        [path for path in gone if path.startswith(MIGRATIONS)],
    )


def version(folder: Path) -> str:
    lines = (folder / ANSWERS).read_text().splitlines()
    return next(line.split()[1] for line in lines if line.startswith("_commit:"))


def may_delete(edited: Sequence[str]) -> bool:
    print("You edited these files, and the update deletes them:", *edited, sep="\n    ")
    if sys.stdin.isatty():
        return input("Delete them? [y/N] ").strip().lower() in {"y", "yes"}
    print("Add --delete-edited to let it.")
    return False


def update(options: argparse.Namespace) -> Plan | None:
    """What was done; None when there is nothing to do."""
    with tempfile.TemporaryDirectory() as scratch:
        old, new = Path(scratch, "old"), Path(scratch, "new")
        render(old, "--defaults", "--vcs-ref", ":current:")
        render(new, *options.questions)
        if (old / ANSWERS).read_bytes() == (new / ANSWERS).read_bytes():
            print(f"Nothing to do: this is {version(old)}, with these answers.")
            return None
        plan = compare(old, new, Path())
        if plan.edited and not options.delete_edited and not may_delete(plan.edited):
            sys.exit("Nothing was changed.")
        answered = ["--defaults", "--vcs-ref", plan.new, "--data-file", str(new / ANSWERS)]
        command = ["uvx", "copier", "update", "--quiet", *answered, *options.merging]
        subprocess.run(command, check=True)
    if plan.migrations:
        git("restore", "--source", "HEAD", "--", *plan.migrations)
    return plan


def report(plan: Plan) -> list[str]:
    """Print what happened; the result are the files that wait for you."""
    what = f"went from {plan.old} to {plan.new}" if plan.old != plan.new else "has other answers"
    print(f"The project {what} now. See it with: git diff")
    (commit,) = git("rev-parse", "--short", "HEAD")
    for path in plan.edited:
        print(f"{path} is gone, with your edits. Back: git restore --source {commit} -- {path}")
    if plan.migrations:
        print("These stay, because a database may have run them:", *plan.migrations, sep="\n    ")
        print('At the end: uv run just migrate "drop what is gone", then uv run just check')
    unmerged = git("diff", "--name-only", "--relative", "--diff-filter=U")
    waiting = unmerged + git("ls-files", "--others", "--", "*.rej")
    if waiting:
        print("You and the template changed the same lines. Choose, and delete the marks:")
        print(*waiting, sep="\n")
        print("Then: git add -A && uv sync && uv run just check")
    print("To give up instead: git reset --hard && git clean -di")
    return waiting


def finish(plan: Plan) -> int:
    """Install, join the migrations of both sides, and check."""
    subprocess.run(["uv", "sync"], check=True)
    heads = subprocess.check_output(["uv", "run", "alembic", "heads"], text=True)
    if len(heads.splitlines()) > 1:
        subprocess.run(MERGE, check=True)
        for fix in (["check", "--fix"], ["format"]):
            subprocess.run(["uv", "run", "ruff", *fix, "--quiet", "migrations"], check=True)
    if plan.migrations:  # models and migrations can't agree yet
        return 0
    return subprocess.run(["uv", "run", "just", "check"], check=False).returncode


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    if problem := obstacle():
        print(problem)
        return 1
    plan = update(options)
    if plan is None:
        return 0
    if report(plan):
        return 1
    return 0 if options.no_check else finish(plan)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:  # it has said why
        sys.exit(failed.returncode)
