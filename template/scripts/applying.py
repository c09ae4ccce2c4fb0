"""Takes the result of a merge into the project, where nothing that git doesn't have is touched."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

from .merging import Merged, difference
from .moving import Moves
from .trees import contents, git, remove, tracked, write


def in_the_way(merged: Merged, project: Path) -> list[str]:
    """What git doesn't hold, where a file is to be written: it ignores it, or was told to."""
    known = set(tracked(project))
    plain = contents(project, known).keys()
    found = {_hurdle(path, project, known) for path in merged.files.keys() - plain}
    return sorted(place for place in found if place and _holds_more(place, project, known))


def set_apart(merged: Merged, project: Path) -> Merged:
    """Without files that are to be written where you have a link, or a submodule, or behind one:
    that may be outside of the project. They are missed."""
    known = set(tracked(project))
    links = known - contents(project, known).keys()
    behind = {path for path in merged.files if _hurdle(path, project, known) in links}
    return replace(
        merged,
        files={path: text for path, text in merged.files.items() if path not in behind},
        unmerged=[entry for entry in merged.unmerged if entry.path not in behind],
        missed=merged.missed
        | {path: difference(path, b"", merged.files[path]) for path in sorted(behind)},
    )


def apply(merged: Merged, moves: Moves, project: Path) -> None:
    """Files with conflicts hold both sides, between marks, and git calls them unmerged."""
    before = contents(project, tracked(project))
    executable = {path for path in before if os.access(project / path, os.X_OK)}
    for path in before.keys() - merged.files.keys():
        remove(project, path)
    write(project, {p: text for p, text in merged.files.items() if before.get(p) != text})
    for path in executable:
        if (moved_to := project / moves.paths.get(path, path)).is_file():
            moved_to.chmod(moved_to.stat().st_mode | 0o111)
    _mark(merged, project)


def _hurdle(path: str, project: Path, known: set[str]) -> str:
    """The first of the folders of a path that is a file, a link, or a repository of its own; else
    what is there already. Empty where the file can be written."""
    for parent in [*reversed(PurePosixPath(path).parents)][1:]:
        there, folder = project / parent, parent.as_posix()
        is_folder = there.is_dir() and not there.is_symlink()
        if os.path.lexists(there) and not is_folder:
            return folder
        if folder in known or (there / ".git").exists():
            return folder
    return path if os.path.lexists(project / path) else ""


def _holds_more(place: str, project: Path, known: set[str]) -> bool:
    """Than git has."""
    if place in known:
        return False
    there = project / place
    if there.is_symlink() or not there.is_dir():
        return True
    inside = {path for path in there.rglob("*") if path.is_symlink() or not path.is_dir()}
    return not {path.relative_to(project).as_posix() for path in inside} <= known


def _mark(merged: Merged, project: Path) -> None:
    prefix = git(project, "rev-parse", "--show-prefix").decode().strip()
    lines = [f"0 {'0' * 40}\t{prefix}{path}\n" for path in merged.conflicts()]
    for entry in merged.unmerged:
        blob = git(project, "hash-object", "-w", "--stdin", given=entry.content).decode().strip()
        lines.append(f"{entry.mode} {blob} {entry.stage}\t{prefix}{entry.path}\n")
    top = Path(git(project, "rev-parse", "--show-toplevel").decode().strip())
    git(top, "update-index", "--index-info", given="".join(lines).encode())
