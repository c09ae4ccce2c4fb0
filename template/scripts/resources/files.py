"""Files of resources in the project: added, compared with what was written, merged, removed."""

import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ..trees import remove as remove_file
from . import Refused
from .stencil import Files


def refuse_existing(files: Files) -> None:
    """Nothing is overwritten."""
    if taken := sorted(path for path in files if Path(path).exists()):
        raise Refused("\n    ".join(["These files exist already:", *taken]))


def add(files: Files) -> None:
    refuse_existing(files)
    for path, text in files.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text(text)


def remove(paths: Iterable[str]) -> None:
    """And folders that they leave empty."""
    for path in paths:
        remove_file(Path(), path)


def forget(paths: Iterable[str]) -> None:
    """What git was told to add, but has not committed."""
    command = ["git", "rm", "--cached", "--quiet", "--ignore-unmatch", "--", *paths]
    subprocess.run(command, capture_output=True, check=False)


def edited(files: Files) -> list[str]:
    """Those that are there, and not as they were written."""
    return sorted(p for p, text in files.items() if Path(p).exists() and not _is(p, text))


def _is(path: str, text: str) -> bool:
    return Path(path).read_bytes() == text.encode()


def merge(old: Files, new: Files) -> tuple[list[str], list[str]]:
    """Bring what is different in `new` into the project; what you deleted stays so. Returns the
    files that changed, and those in which you and the change touched the same lines."""
    changed, conflicts = [], []
    for path in sorted(old.keys() | new.keys()):
        base, theirs = old.get(path), new.get(path)
        if base == theirs or (base is not None and not Path(path).exists()):
            continue
        if theirs is None:
            remove([path])
        elif base is None:
            add({path: theirs})
        elif not _merge_one(path, base, theirs):
            conflicts.append(path)
        changed.append(path)
    return changed, conflicts


def _merge_one(path: str, base: str, theirs: str) -> bool:
    with tempfile.TemporaryDirectory() as scratch:
        before, after = Path(scratch, "before"), Path(scratch, "after")
        before.write_text(base)
        after.write_text(theirs)
        labels = ["-L", "yours", "-L", "before", "-L", "just change"]
        command = ["git", "merge-file", *labels, path, str(before), str(after)]
        return not subprocess.run(command, check=False).returncode
