"""What keeps an update from beginning, and what to do about it."""

import os
import re
import subprocess
from pathlib import Path

ANSWERS = ".copier-answers.yml"
COMMIT = "Commit or stash this first, so that git has all of it: git add -A && git commit"
INIT = 'Git is your way back: git init && git add -A && git commit -m "Before the update"'

BEGUN = {
    "MERGE_HEAD": "merge",
    "rebase-merge": "rebase",
    "rebase-apply": "rebase",
    "CHERRY_PICK_HEAD": "cherry-pick",
    "REVERT_HEAD": "revert",
    "sequencer": "cherry-pick",
    "BISECT_LOG": "bisect",
}
"""What git has not finished, by the file that says so. Such a tree can look clean."""

WAYS_OUT = {"bisect": "git bisect reset"}
SHOW = ("--short", "--no-branch", "--untracked-files=normal")
"""All that is uncommitted and nothing else, whatever a person has set."""

ADDRESS = re.compile(r"^(/|~|\w:[\\/]|\w+:|[\w.-]+@)")
"""A whole path or an address; all else is a path that begins anywhere."""


def obstacle() -> str:
    """Empty where there is none."""
    if not Path(ANSWERS).exists():
        return f"There is no {ANSWERS} here: run this in a project that Copier made."
    if refused := _refused_by_git():
        return refused
    if told := _begun() or _relative_source():
        return told
    if ANSWERS not in _git("ls-files", ANSWERS):
        return f"Git doesn't have {ANSWERS}, which says what this project was made from: add it."
    # Of all that the repository holds: the way back is to reset it.
    if changed := _git("status", *SHOW):
        return "\n".join([*changed, COMMIT])
    return _hidden()


def _git(*arguments: str) -> list[str]:
    """The lines that it prints."""
    return subprocess.check_output(["git", *arguments], text=True).splitlines()


def _refused_by_git() -> str:
    command = ["git", "rev-parse", "--is-inside-work-tree"]
    # What it says is read below.
    english = os.environ | {"LC_ALL": "C"}
    asked = subprocess.run(command, capture_output=True, text=True, check=False, env=english)
    if not asked.returncode:
        return ""
    if trusting := re.search(r"git config .*safe\.directory.*", asked.stderr):
        return f"This repository is another user's. If you trust it: {trusting[0]}"
    if "not a git repository" in asked.stderr:
        return f"This is no git repository. {INIT}"
    return asked.stderr.strip()


def _begun() -> str:
    for name, what in BEGUN.items():
        (file,) = _git("rev-parse", "--git-path", name)
        if Path(file).exists():
            way_out = WAYS_OUT.get(what, f"git {what} --continue, or git {what} --abort")
            return f"A {what} has begun here and has not ended. End it first: {way_out}"
    return ""


def _relative_source() -> str:
    """Copier writes down what it was given, and looks for it from where it runs."""
    source = recorded("_src_path")
    if ADDRESS.match(source) or Path(source).is_dir():
        return ""
    change = f"sed -i.old 's|^_src_path: .*|_src_path: /WHERE/IT/IS|' {ANSWERS}"
    return f"There is no template at {source}, as {ANSWERS} has it. Write where it is: {change}"


def recorded(key: str, folder: Path = Path()) -> str:
    """What Copier wrote down in a project, as its `_commit`; empty where it isn't there."""
    text = (folder / ANSWERS).read_text()
    found = re.search(rf"^{key}: *['\"]?(.+?)['\"]?$", text, re.MULTILINE)
    return found[1] if found else ""


def _hidden() -> str:
    """Files whose changes git was told not to show, or that it was told to leave out."""
    flagged = [(line[0], line[2:]) for line in _git("ls-files", "-v")]
    skipped = [path for flag, path in flagged if flag in "Ss"]
    assumed = [path for flag, path in flagged if flag.islower()]
    if not skipped and not assumed:
        return ""
    flags = {"--no-skip-worktree": skipped, "--no-assume-unchanged": assumed}
    commands = [
        f"git update-index {flag} {' '.join(paths)}" for flag, paths in flags.items() if paths
    ]
    way_out = f"An update takes them for what they are not. Let it look: {' && '.join(commands)}"
    return "\n".join(["Git doesn't look at these files:", *skipped, *assumed, way_out])
