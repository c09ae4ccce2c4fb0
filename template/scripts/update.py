"""Brings the newest version of the template into the project, or other answers: `just update`.

Copier renders the version that the project has and the new one; `merging.py` merges both with your
edits. So what you edited in a file that moved is in the moved file, and what would be lost is named
before anything happens.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .applying import apply, in_the_way, set_apart
from .merging import Merge, Merged, merge, prepare
from .obstacles import ANSWERS, obstacle, recorded
from .rendering import Refused, add_resources, render, unknown
from .reporting import GIVE_UP, GO_ON, TAB, Update, report

VERSION = "_commit"
"""Of the template, as Copier calls it."""

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


class PassOn(argparse.Action):
    """Keeps an option as it was given, for Copier, which answers some mistakes by a stack."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        value: Any,
        name: Any = None,
    ) -> None:
        if name in {"-d", "--data"} and "=" not in value:
            parser.error(f"{name} wants a question and an answer: {name} {value}=ANSWER")
        if name == "--data-file" and not Path(value).is_file():
            parser.error(f"there is no file {value}")
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
    add("--finish", action="store_true", help="do these three, after conflicts are resolved")
    add("-o", "--conflict", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.conflict:
        parser.error("conflicts always stand in the files, between marks: leave -o out")
    return options


def may_delete(edited: Sequence[str]) -> bool:
    print("You edited these files, and the update deletes them:", *edited, sep=TAB)
    if sys.stdin.isatty():
        return input("Delete them? [y/N] ").strip().lower() in {"y", "yes"}
    print("Add --delete-edited to let it.")
    return False


def update(options: argparse.Namespace) -> Update | None:
    """What is to be done; None when there is nothing to do. Raises `Refused`."""
    with tempfile.TemporaryDirectory() as scratch:
        old, new = Path(scratch, "old"), Path(scratch, "new")
        render(old, "--defaults", "--vcs-ref", ":current:")
        render(new, *options.questions, *ARRIVED)
        if told := unknown(options.questions, new):
            raise Refused(told)
        add_resources(old)
        add_resources(new)
        if (old / ANSWERS).read_bytes() == (new / ANSWERS).read_bytes():
            print(f"Nothing to do: this is {recorded(VERSION, old)}, with these answers.")
            return None
        plan = prepare(old, new, Path())
        doomed = plan.edited_and_gone()
        if doomed and not options.delete_edited and not may_delete(doomed):
            raise Refused
        for path in doomed:
            del plan.ours[path]
        return Update(recorded(VERSION, old), recorded(VERSION, new), plan, _merged(plan), doomed)


def _merged(plan: Merge) -> Merged:
    merged = set_apart(merge(plan), Path())
    if taken := sorted({*in_the_way(merged, Path()), *plan.clashing}):
        told = "The update brings files of these names. Yours would be lost; move them away:"
        raise Refused(TAB.join([told, *taken]))
    return merged


def begin(options: argparse.Namespace) -> Update | None:
    """Changes nothing, and says so when it ends early."""
    try:
        return update(options)
    except (Refused, KeyboardInterrupt) as refused:
        sys.exit("\n".join([*filter(None, refused.args), "Nothing was changed."]))


def carry_out(what: Update) -> None:
    try:
        apply(what.merged, what.plan.moves, Path())
    except (OSError, subprocess.CalledProcessError, KeyboardInterrupt) as stopped:
        sys.exit(f"It stopped half way: {stopped!r}\nBack to what was committed: {GIVE_UP}")


def finish(check: bool) -> int:
    """Install, join the migrations of both sides, and check."""
    try:
        subprocess.run(["uv", "sync"], check=True)
        heads = subprocess.check_output(["uv", "run", "alembic", "heads"], text=True)
        if len(heads.splitlines()) > 1:
            subprocess.run(MERGE, check=True)
            for fix in (["check", "--fix"], ["format"]):
                subprocess.run(["uv", "run", "ruff", *fix, "--quiet", "migrations"], check=True)
    except (subprocess.CalledProcessError, KeyboardInterrupt) as failed:
        print(f"{failed}\nOnce that is mended: {GO_ON}")
        return 1
    if not check:
        return 0
    return subprocess.run(["uv", "run", "just", "check"], check=False).returncode


def main(arguments: Sequence[str]) -> int:
    options = read_options(arguments)
    if options.finish:
        return finish(check=True)
    if problem := obstacle():
        print(problem)
        return 1
    done = begin(options)
    if done is None:
        return 0
    carry_out(done)
    report(done)
    if done.merged.unmerged:
        return 1
    return 0 if options.no_check else finish(check=not done.disagree)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
