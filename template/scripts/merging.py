"""Merges two renders of the template with the project: the one that it was made from, and the new
one. git does it, in a repository of its own: yours is only read."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from .lifting import Addition, lift, settle
from .moving import Files, Moves, moved, read_moves
from .trees import contents, git, remove, tracked, write

ANSWERS, LOCK, TABLE = ".copier-answers.yml", "uv.lock", "scripts/moves.toml"
MIGRATIONS = "migrations/versions/"
NOTHING_MOVED = b"paths = {}\nnames = {}\nown = {}\n"

FORM = """line-length = 100
target-version = "py311"
lint.isort.known-first-party = ["app", "scripts", "tests"]
"""
MARKS = {b"<<<<<<< HEAD": b"<<<<<<< before updating", b">>>>>>> new": b">>>>>>> after updating"}


@dataclass(frozen=True)
class Merge:
    """Three sets of files, each where the new version has it."""

    base: Files
    """The render that the project was made from."""
    ours: Files
    """The project, without what was added to files that were split."""
    theirs: Files
    """The render that it becomes, with the migrations that stay."""
    moves: Moves
    additions: list[Addition]
    migrations: list[str]
    """Those that the new version lacks. They stay: a database may have run them."""
    clashing: list[str]
    """Files of your own, where a file of the template moves to."""
    back: list[str]
    """Migrations that you have from answers of before, and that don't bring their tables again: a
    migration of yours has dropped them."""

    def edited_and_gone(self) -> list[str]:
        """Files that you edited, and that the new version lacks."""
        gone = (self.base.keys() & self.ours.keys()) - self.theirs.keys()
        return sorted(path for path in gone if self.ours[path] != self.base[path])


@dataclass(frozen=True)
class Unmerged:
    """An entry of git's index, for a file that waits for a choice."""

    path: str
    mode: str
    stage: str
    content: bytes


@dataclass(frozen=True)
class Merged:
    files: Files
    """The project as it is to be. Where both sides changed the same lines, both stand between
    marks."""
    unmerged: list[Unmerged]
    missed: dict[str, str]
    """What the template changed in files that you don't have where it has them, by their paths."""

    def conflicts(self) -> list[str]:
        return sorted({entry.path for entry in self.unmerged})


def prepare(old: Path, new: Path, project: Path) -> Merge:
    """Reads two renders, and of the project what git holds."""
    base, ours, theirs = contents(old), contents(project, tracked(project)), contents(new)
    moves = read_moves(theirs.get(TABLE, NOTHING_MOVED).decode(), base, theirs)
    clashing = sorted(to for path, to in moves.paths.items() if ours.keys() >= {path, to})
    rest, moves, additions = lift(base, ours, moves)
    base, ours = (_formatted(moved(files, moves), files) for files in (base, rest))
    gone = (base.keys() & ours.keys()) - theirs.keys()
    migrations = sorted(path for path in gone if path.startswith(MIGRATIONS))
    theirs |= {path: base[path] for path in migrations}
    back = _back(base, ours, theirs)
    if (lock := ours.get(LOCK, base.get(LOCK))) is not None:  # yours from the first day on
        base[LOCK] = theirs[LOCK] = lock
    ours[ANSWERS] = base[ANSWERS]  # never yours
    return Merge(base, ours, theirs, moves, additions, migrations, clashing, back)


def _back(base: Files, ours: Files, theirs: Files) -> list[str]:
    of_the_template = sorted((ours.keys() & theirs.keys()) - base.keys())
    dropping = re.compile(rb"\bop\.drop_|batch_op\.drop_")
    own = [ours[path] for path in ours.keys() - theirs.keys() if path.startswith(MIGRATIONS)]
    if not any(dropping.search(text.partition(b"def downgrade")[0]) for text in own):
        return []
    return [path for path in of_the_template if path.startswith(MIGRATIONS)]


def _formatted(files: Files, before: Mapping[str, bytes]) -> Files:
    """With the imports that were written anew in the form that they have in renders: what differs
    in form alone would be a conflict."""
    known = set(before.values())
    written = {p: text for p, text in files.items() if p.endswith(".py") and text not in known}
    return files | ruff(written, "--select=I")


def ruff(files: Files, *fixes: str) -> Files:
    """Fixes and formats, as far as it can: it leaves alone what is no Python."""
    if not files:
        return {}
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        write(folder, files)
        (folder / "ruff.toml").write_text(FORM)
        for step in (("check", "--fix", *fixes), ("format",)):
            command = [sys.executable, "-m", "ruff", *step, "--quiet", "--no-cache", "."]
            subprocess.run(command, cwd=folder, capture_output=True, check=False)
        return contents(folder, files.keys())


def merge(what: Merge) -> Merged:
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        missed = _merge_in(scratch, what)
        files, unmerged = contents(scratch, tracked(scratch)), list(_unmerged(scratch))
    files |= ruff(settle(files, what.additions, what.moves), "--select=F401,I")
    for path in {entry.path for entry in unmerged} & files.keys():
        files[path] = _with_marks(files[path])
    return Merged(files, unmerged, missed)


def _merge_in(scratch: Path, what: Merge) -> dict[str, str]:
    """What is missed: you deleted a file, or it is too different now to be found elsewhere."""
    git(scratch, "init", "--quiet", "--initial-branch=base")
    (scratch / ".git" / "info" / "attributes").write_text("* -text\n")  # lines end as they do
    _commit(scratch, what.base)
    git(scratch, "checkout", "--quiet", "-b", "ours")
    _commit(scratch, what.ours)
    changed = git(scratch, "diff", "--name-status", "-z", "--find-renames", "base", "ours")
    deleted = set(_deleted(changed.decode().split("\0"))) & what.theirs.keys()
    git(scratch, "checkout", "--quiet", "-b", "new", "base")
    _commit(scratch, {p: text for p, text in what.theirs.items() if p not in deleted})
    git(scratch, "checkout", "--quiet", "ours")
    git(scratch, "merge", "--quiet", "--no-commit", "--no-ff", "new", fails=1)
    return {
        path: difference(path, what.base[path], what.theirs[path])
        for path in sorted(deleted)
        if what.base[path] != what.theirs[path]
    }


def _unmerged(scratch: Path) -> Iterator[Unmerged]:
    for entry in git(scratch, "ls-files", "--unmerged", "-z").decode().split("\0")[:-1]:
        (mode, blob, stage), path = entry.partition("\t")[0].split(), entry.partition("\t")[2]
        yield Unmerged(path, mode, stage, git(scratch, "cat-file", "blob", blob))


def difference(path: str, old: bytes, new: bytes) -> str:
    """As `git apply` takes it."""
    before, after = (text.decode(errors="replace").splitlines(True) for text in (old, new))
    names = (f"a/{path}" if old else "/dev/null", f"b/{path}")
    return "".join(unified_diff(before, after, *names))


def _commit(scratch: Path, files: Files) -> None:
    for path in tracked(scratch):
        if path not in files:
            remove(scratch, path)
    write(scratch, files)
    git(scratch, "add", "--all", "--force")
    git(scratch, "commit", "--quiet", "--allow-empty", "--no-verify", "--message=.")


def _deleted(status: list[str]) -> Iterator[str]:
    """What you deleted stays deleted; what you renamed is followed."""
    fields = iter(status)
    for kind in fields:
        path = next(fields, "")
        if kind.startswith(("R", "C")):
            next(fields)
        elif kind == "D":
            yield path


def _with_marks(text: bytes) -> bytes:
    for one, other in MARKS.items():
        text = text.replace(one, other)
    return text
