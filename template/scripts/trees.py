"""Sets of files: what a folder holds, what git holds of it, and how they are written."""

import os
import subprocess
from collections.abc import Collection
from pathlib import Path

from .moving import Files

NEUTRAL = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
"""What a person has set must not decide how files are merged."""

RENAMES = ("merge.directoryRenames=no", "merge.renameLimit=50000", "diff.renameLimit=50000")
"""However many files there are, renamed ones are found: by default git gives up in large trees."""

IDENTITY = ("user.name=x", "user.email=x@example.org")
OPTIONS = [option for setting in (*IDENTITY, *RENAMES) for option in ("-c", setting)]


def tracked(project: Path) -> list[str]:
    """What git holds, also links and submodules."""
    return git(project, "ls-files", "-z").decode().split("\0")[:-1]


def contents(folder: Path, paths: Collection[str] | None = None) -> Files:
    """Of all its files, or of those that are there of some. What a link leads to is none of them:
    it may be outside of the folder."""
    if paths is None:
        paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*")]
    found = {path: folder / path for path in paths}
    return {
        path: file.read_bytes()
        for path, file in found.items()
        if file.is_file() and not file.is_symlink()
    }


def write(folder: Path, files: Files) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def remove(folder: Path, path: str) -> None:
    """And the folders that it leaves empty."""
    (folder / path).unlink(missing_ok=True)
    for parent in (folder / path).parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()


def git(folder: Path, *arguments: str, given: bytes = b"", fails: int = 0) -> bytes:
    """Its output. Raises `CalledProcessError` for exit codes above `fails`."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", *OPTIONS, *arguments]
    done = subprocess.run(
        command, cwd=folder, env=ours | NEUTRAL, input=given, capture_output=True, check=False
    )
    if done.returncode > fails:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout
