"""Has Copier render versions of the template, and tells in a sentence what it says in a stack."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from .obstacles import ANSWERS, recorded

STACK = "Traceback (most recent call last):\n"
LAST = re.MULTILINE | re.DOTALL
RESOURCES = "resources"
ADVICE = {
    r"(?:Invalid choice for|Validation error for question) '(?P<key>\w+)'": (
        "Give another one, as in -d {key}=VALUE, or be asked: --ask {key}"
    ),
    r"Unknown revision: '(?P<ref>[^']+)'": "Its versions: git ls-remote --tags {source}",
    r"Local template must be a directory": "There is none at {source}, as {answers} has it.",
    r"git config .*safe\.directory.*": "It is another user's. If you trust it: {0}",
    r"Unexpected exit code": "Git can't read the template. Try: git ls-remote {source}",
    r"Interactive session required": "Be asked nothing: uv run just update -l",
}
"""What to do about an error of Copier."""


class Refused(Exception):
    """Copier doesn't render it, or not what was meant. Says why, and what to do."""


def render(folder: Path, *options: str) -> None:
    """The project as Copier alone would write it. Raises `Refused`."""
    folder.mkdir()
    shutil.copy(ANSWERS, folder)
    command = ["uvx", "copier", "recopy", "--quiet", "--overwrite", *options, str(folder)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        told = _pass_on(process.stderr)
    if process.returncode:
        raise Refused(explain(told))


def _pass_on(lines: Iterable[str]) -> str:
    """All but stacks, at once: somebody may be waiting for a question. Returns all of it."""
    told = []
    for line in lines:
        told.append(line)
        if STACK not in told:
            print(line, end="", file=sys.stderr, flush=True)
    return "".join(told)


def add_resources(folder: Path) -> None:
    """What `just new` made, as the version of the template in a folder would have written it.
    Raises `Refused`."""
    if not Path(RESOURCES).is_dir() or not (folder / "scripts" / RESOURCES).is_dir():
        return
    shutil.copytree(RESOURCES, folder / RESOURCES, dirs_exist_ok=True)
    command = [sys.executable, "-B", "-m", "scripts.resources", "render", str(Path.cwd())]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{done.stdout}{done.stderr}".strip())


def explain(told: str) -> str:
    """Of what Copier said, what a person needs, and the next command."""
    _, *stacks = told.split(STACK)
    reason = re.search(r"^[\w.]*(?:Error|Exception): (.+)", "".join(stacks[-1:]), LAST)
    from_git = re.findall(r"^Stderr: *\| (?:fatal: )?(.+)", told, re.MULTILINE)
    for pattern, advice in ADVICE.items():
        if found := re.search(pattern, told):
            source = recorded("_src_path")
            what = advice.format(found[0], source=source, answers=ANSWERS, **found.groupdict())
            said = from_git or ([reason[1].strip()] if reason else [])
            return "\n".join([*said[-1:], what])
    return "".join([STACK, *stacks[-1:]]) if stacks else ""


def unknown(options: Sequence[str], folder: Path) -> str:
    """The first answer that was given, and that the render in a folder doesn't know: Copier takes
    any. Empty where it knows all."""
    keys = re.findall(r"^([a-z]\w*):", (folder / ANSWERS).read_text(), re.MULTILINE)
    for pattern in _given(options):
        if not any(fnmatchcase(key, pattern) for key in keys):
            close = get_close_matches(pattern, keys, n=1)
            meant = f"Did you mean {close[0]}?" if close else f"What is asked is in {ANSWERS}."
            return f"With these answers, nothing asks for {pattern}. {meant}"
    return ""


def _given(options: Sequence[str]) -> list[str]:
    """Names of questions, or patterns of them."""
    keys = []
    for name, value in zip(options, [*options, ""][1:], strict=True):
        if name in {"-d", "--data"}:
            keys.append(value.partition("=")[0])
        elif name == "--ask":
            keys.append(value)
        elif name == "--data-file":
            keys += re.findall(r"^[\"']?(\w+)[\"']?\s*:", Path(value).read_text(), re.MULTILINE)
    return keys
