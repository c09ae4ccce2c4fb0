"""Makes a release of the template, as `just release X.Y.Z` does.

It refuses unless all is committed, the version is newer, the changelog tells what it changes, and
every test passes. Then it dates the section, bumps the version and commits.
"""

import re
import shlex
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from packaging.version import Version

from tests.updates.history import git, version_of

SUBSECTIONS = ("What changes in your project", "New questions and their defaults")
NAME = "copier-fastapi"


class RefusedError(Exception):
    """Why there is no release, and what to do."""


def release(repository: Path, wanted: str, tests: list[str], today: date) -> Version:
    """Raises `RefusedError`."""
    if git(repository, "status", "--porcelain"):
        raise RefusedError("Not everything is committed.")
    version = newer(wanted, version_of((repository / "pyproject.toml").read_text()))
    not_tagged(version, tags(repository))
    changelog = dated((repository / "CHANGELOG.md").read_text(), version, today)
    if subprocess.run(tests, cwd=repository, check=False).returncode:
        raise RefusedError(f"`{shlex.join(tests)}` failed.")
    if git(repository, "status", "--porcelain"):
        raise RefusedError(f"`{shlex.join(tests)}` changed files.")
    (repository / "CHANGELOG.md").write_text(changelog)
    for file in ("pyproject.toml", "uv.lock"):
        path = repository / file
        path.write_text(bumped(path.read_text(), version))
    # In the name of whoever releases, not in that of `history.git`.
    commit = ["git", "commit", "--quiet", "--all", f"--message=Release {version}"]
    subprocess.run(commit, cwd=repository, check=True)
    return version


def newer(wanted: str, current: Version) -> Version:
    if not re.fullmatch(r"\d+\.\d+\.\d+", wanted):
        raise RefusedError(f"{wanted} is no version of the form X.Y.Z.")
    version = Version(wanted)
    if version <= current:
        raise RefusedError(f"{version} is not newer than {current}.")
    return version


def tags(repository: Path) -> dict[Version, str]:
    """Of versions, here and where it is pushed to."""
    names = git(repository, "tag").split()
    for remote in git(repository, "remote").split():
        asked = ["git", "ls-remote", "--tags", "--refs", remote]
        done = subprocess.run(asked, cwd=repository, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise RefusedError(
                f"{remote} can't be asked for its tags: `{shlex.join(asked)}` failed."
            )
        names += re.findall(r"refs/tags/(.+)$", done.stdout, re.MULTILINE)
    return {Version(name[1:]): name for name in names if re.fullmatch(r"v\d+\.\d+\.\d+", name)}


def not_tagged(version: Version, known: Mapping[Version, str]) -> None:
    """Copier takes the newest tag: one that is there already, or a newer one, would be had instead
    of this release."""
    newest = max(known, default=None)
    if newest and newest >= version:
        raise RefusedError(f"There is a tag {known[newest]}: {version} would not be the newest.")


def dated(changelog: str, version: Version, today: date) -> str:
    """With the day of the release in place of "unreleased"."""
    heading = f"## {version} (unreleased)\n"
    if heading not in changelog:
        raise RefusedError(f"CHANGELOG.md has no section `{heading.strip()}`.")
    section = changelog.partition(heading)[2].partition("\n## ")[0]
    for title in SUBSECTIONS:
        text = section.partition(f"\n### {title}\n")[2].partition("\n### ")[0]
        if not text.strip():
            raise RefusedError(f"CHANGELOG.md says nothing under `### {title}` of {version}.")
    return changelog.replace(heading, f"## {version} ({today})\n")


def bumped(text: str, version: Version) -> str:
    """Of `pyproject.toml`, or of the lock, which names the project as well."""
    pattern = rf'^(name = "{NAME}"\nversion = )".+"$'
    return re.sub(pattern, rf'\1"{version}"', text, count=1, flags=re.MULTILINE)
