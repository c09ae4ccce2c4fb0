"""The template as a git repository: its releases, and the working tree as the next one.

A release is a commit that changed `version` in `pyproject.toml` to a final version; where several
commits did so for one version, the last counts. Tags are made in a temporary clone only.
"""

import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from packaging.version import Version

from tests.rendering.renders import ROOT, copy_of_template

NO_HISTORY = (
    "{} holds no history of releases. In a shallow clone: `git fetch --unshallow`; in a workflow of"
    " GitHub: `fetch-depth: 0`; without git: clone the repository, an archive is not enough."
)

Change = Callable[[Path], None]
"""Edits a template, or a project, in place."""


def git(folder: Path, *arguments: str) -> str:
    """Its output, as somebody whom no test depends on. Raises `CalledProcessError`."""
    identity = ("user.name=Template", "user.email=template@example.org", "commit.gpgsign=false")
    options = [option for setting in identity for option in ("-c", setting)]
    command = ["git", *options, *arguments]
    return subprocess.run(command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def releases(repository: Path) -> dict[Version, str]:
    """The commit of each release, the oldest first. Raises `LookupError` where history lacks."""
    try:
        is_shallow = git(repository, "rev-parse", "--is-shallow-repository").strip() == "true"
    except subprocess.CalledProcessError:
        is_shallow = True
    if is_shallow:
        raise LookupError(NO_HISTORY.format(repository))
    found: dict[Version, str] = {}
    before = None
    log = ("log", "--reverse", "--topo-order", "--format=%H", "-G^version = ")
    for commit in git(repository, *log, "--", "pyproject.toml").split():
        version = version_of(git(repository, "show", f"{commit}:pyproject.toml"))
        if version != before and not version.is_prerelease:
            found[version] = commit
        before = version
    return dict(sorted(found.items()))


def known_releases() -> list[str]:
    """The tags of all releases, for the names of tests."""
    try:
        return [f"v{version}" for version in releases(ROOT)]
    except LookupError:
        return ["none"]  # `real_history` says why, in each test


def version_of(pyproject: str) -> Version:
    return Version(tomllib.loads(pyproject)["project"]["version"])


def next_version(changelog: str, released: Sequence[Version]) -> Version:
    """The one that the changelog announces, unless that is out already."""
    newest = max(released)
    headings = re.findall(r"^## (\d+\.\d+\.\d+)\b", changelog, re.MULTILINE)
    announced = max(map(Version, headings), default=newest)
    following = Version(f"{newest.major}.{newest.minor + 1}.0")
    return announced if announced > newest else following


@dataclass(frozen=True)
class History:
    """Versions of the template, each with a tag."""

    folder: Path
    versions: tuple[str, ...]
    """The tags, the oldest first; the last one is the candidate."""

    @property
    def candidate(self) -> str:
        return self.versions[-1]

    def questions(self, version: str) -> dict[str, dict[str, Any]]:
        """What `copier.yml` of that version asks or computes, by name."""
        loaded = yaml.safe_load(git(self.folder, "show", f"{version}:copier.yml"))
        return {name: what for name, what in loaded.items() if not name.startswith("_")}

    def release(self, version: str, change: Change = lambda _: None) -> "History":
        """With one more version, which differs from the last one by this change."""
        change(self.folder)
        return History(self.folder, (*self.versions, commit(self.folder, version)))


def commit(folder: Path, version: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--no-verify", f"--message={version}")
    git(folder, "tag", f"v{version}")
    return f"v{version}"


def real_history(folder: Path, repository: Path = ROOT) -> History:
    """All releases in a clone, and the working tree, uncommitted work included, as the next."""
    commits = releases(repository)
    git(repository, "clone", "--quiet", "--no-tags", "--no-hardlinks", str(repository), str(folder))
    for version, released in commits.items():
        git(folder, "tag", f"v{version}", released)
    tags = tuple(f"v{version}" for version in commits)
    take_working_tree(repository, folder)
    announced = next_version((folder / "CHANGELOG.md").read_text(), list(commits))
    return History(folder, tags).release(str(announced))


def take_working_tree(repository: Path, clone: Path) -> None:
    """The files of a checkout as they are, also those that git doesn't know yet."""
    git(clone, "rm", "-r", "--quiet", ".")
    for name in git(repository, "ls-files", "-coz", "--exclude-standard").split("\0")[:-1]:
        if os.path.lexists(repository / name):
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(repository / name, clone / name, follow_symlinks=False)


def invented_history(folder: Path, older: Change = lambda _: None) -> History:
    """One version, which differs from the working tree by a change: there is no other past."""
    copy_of_template(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return History(folder, ()).release("1.0.0", older)
