"""Merges two renders of the template into the project: the one that it was made from, and the new
one. git does it, in a repository of its own; in yours nothing is committed."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .lifting import Addition, lift, settle
from .moving import Files, Moves, moved, read_moves

ANSWERS, LOCK, TABLE = ".copier-answers.yml", "uv.lock", "scripts/moves.toml"
MIGRATIONS = "migrations/versions/"
NOTHING_MOVED = b"paths = {}\nnames = {}\nown = {}\n"

NEUTRAL = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""What a person has set must not decide how files are merged."""

OPTIONS = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "merge.directoryRenames=no")
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

    def edited_and_gone(self) -> list[str]:
        """Files that you edited, and that the new version lacks."""
        gone = (self.base.keys() & self.ours.keys()) - self.theirs.keys()
        return sorted(path for path in gone if self.ours[path] != self.base[path])

    def in_the_way(self, project: Path) -> list[str]:
        """Files that git doesn't hold, where the new version has one."""
        new = self.theirs.keys() - self.ours.keys() - self.base.keys()
        return sorted(path for path in new if os.path.lexists(project / path))


def prepare(old: Path, new: Path, project: Path) -> Merge:
    """Reads two renders, and of the project what git holds."""
    base, ours, theirs = contents(old), contents(project, tracked(project)), contents(new)
    moves = read_moves(theirs.get(TABLE, NOTHING_MOVED).decode(), base, theirs)
    rest, moves, additions = lift(base, ours, moves)
    base, ours = (_formatted(moved(files, moves), files) for files in (base, rest))
    gone = (base.keys() & ours.keys()) - theirs.keys()
    migrations = sorted(path for path in gone if path.startswith(MIGRATIONS))
    theirs |= {path: base[path] for path in migrations}
    if LOCK in ours:  # yours from the first day on
        base[LOCK] = theirs[LOCK] = ours[LOCK]
    ours[ANSWERS] = base[ANSWERS]  # never yours
    return Merge(base, ours, theirs, moves, additions, migrations)


def tracked(project: Path) -> list[str]:
    return _git(project, "ls-files", "-z").decode().split("\0")[:-1]


def contents(folder: Path, paths: Collection[str] | None = None) -> Files:
    """Of all its files, or of those that are there of some; of a link what it points to."""
    if paths is None:
        paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    found = {path: folder / path for path in paths}
    return {
        path: str(file.readlink()).encode() if file.is_symlink() else file.read_bytes()
        for path, file in found.items()
        if file.is_symlink() or file.is_file()
    }


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
        _write(folder, files)
        (folder / "ruff.toml").write_text(FORM)
        for step in (("check", "--fix", *fixes), ("format",)):
            command = [sys.executable, "-m", "ruff", *step, "--quiet", "--no-cache", "."]
            subprocess.run(command, cwd=folder, capture_output=True, check=False)
        return contents(folder, files.keys())


def merge(what: Merge, project: Path) -> list[str]:
    """Writes the result into the project, and returns the files in which both sides changed the
    same lines: they hold both, between marks, and git calls them unmerged."""
    executable = {path for path in tracked(project) if os.access(project / path, os.X_OK)}
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        unmerged = _merge_in(scratch, what)
        merged = contents(scratch, tracked(scratch))
        settled = ruff(settle(merged, what.additions, what.moves), "--select=F401,I")
        merged |= settled | {path: _with_marks(merged[path]) for path in _paths(unmerged)}
        for path in set(tracked(project)) - merged.keys():
            _remove(project, path)
        _write(project, {p: t for p, t in merged.items() if contents(project, [p]).get(p) != t})
        _mark(project, scratch, unmerged)
    for path in executable:
        if (moved_to := project / what.moves.paths.get(path, path)).is_file():
            moved_to.chmod(moved_to.stat().st_mode | 0o111)
    return _paths(unmerged)


def _merge_in(scratch: Path, what: Merge) -> list[str]:
    """Entries of git's index for what waits for a choice: `MODE BLOB STAGE<tab>PATH`."""
    _git(scratch, "init", "--quiet", "--initial-branch=base")
    (scratch / ".git" / "info" / "attributes").write_text("* -text\n")  # lines end as they do
    _commit(scratch, what.base)
    _git(scratch, "checkout", "--quiet", "-b", "ours")
    _commit(scratch, what.ours)
    changed = _git(scratch, "diff", "--name-status", "-z", "--find-renames", "base", "ours")
    deleted = set(_deleted(changed.decode().split("\0")))
    _git(scratch, "checkout", "--quiet", "-b", "new", "base")
    _commit(scratch, {p: text for p, text in what.theirs.items() if p not in deleted})
    _git(scratch, "checkout", "--quiet", "ours")
    _git(scratch, "merge", "--quiet", "--no-commit", "--no-ff", "new", fails=1)
    return _git(scratch, "ls-files", "--unmerged", "-z").decode().split("\0")[:-1]


def _commit(scratch: Path, files: Files) -> None:
    for path in tracked(scratch):
        if path not in files:
            _remove(scratch, path)
    _write(scratch, files)
    _git(scratch, "add", "--all", "--force")
    _git(scratch, "commit", "--quiet", "--allow-empty", "--no-verify", "--message=.")


def _deleted(status: list[str]) -> Iterator[str]:
    """What you deleted stays deleted; what you renamed is followed."""
    fields = iter(status)
    for kind in fields:
        path = next(fields, "")
        if kind.startswith(("R", "C")):
            next(fields)
        elif kind == "D":
            yield path


def _paths(entries: Iterable[str]) -> list[str]:
    return sorted({entry.partition("\t")[2] for entry in entries})


def _with_marks(text: bytes) -> bytes:
    for one, other in MARKS.items():
        text = text.replace(one, other)
    return text


def _mark(project: Path, scratch: Path, entries: list[str]) -> None:
    prefix = _git(project, "rev-parse", "--show-prefix").decode().strip()
    lines = [f"0 {'0' * 40}\t{prefix}{path}\n" for path in _paths(entries)]
    for entry in entries:
        (mode, blob, stage), path = entry.partition("\t")[0].split(), entry.partition("\t")[2]
        content = _git(scratch, "cat-file", "blob", blob)
        ours = _git(project, "hash-object", "-w", "--stdin", given=content).decode().strip()
        lines.append(f"{mode} {ours} {stage}\t{prefix}{path}\n")
    top = Path(_git(project, "rev-parse", "--show-toplevel").decode().strip())
    _git(top, "update-index", "--index-info", given="".join(lines).encode())


def _write(folder: Path, files: Files) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            file.unlink()
        file.write_bytes(content)


def _remove(folder: Path, path: str) -> None:
    """And the folders that it leaves empty."""
    (folder / path).unlink(missing_ok=True)
    for parent in (folder / path).parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()


def _git(folder: Path, *arguments: str, given: bytes = b"", fails: int = 0) -> bytes:
    """Its output. Raises `CalledProcessError` for exit codes above `fails`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", *OPTIONS, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=ours | NEUTRAL, input=given, capture_output=True, check=False
    )
    if done.returncode > fails:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout
