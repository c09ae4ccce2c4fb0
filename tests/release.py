"""Makes a release of the template: `python -m tests.release X.Y.Z`, or `just release X.Y.Z`.

It refuses unless all is committed, the version is newer, the changelog tells what it changes, and
every test passes. Then it dates the section, bumps the version and commits; tagging and pushing are
left to whoever reads what it prints. `--tests COMMAND` replaces `just test`, for its own tests.
"""

import argparse
import re
import shlex
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from packaging.version import Version

from tests.rendering.renders import ROOT
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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.release")
    parser.add_argument("version", help="X.Y.Z")
    parser.add_argument("--tests", default="just test", help="what has to pass (%(default)s)")
    options = parser.parse_args()
    today = datetime.now(tz=UTC).date()
    try:
        version = release(ROOT, options.version, shlex.split(options.tests), today)
    except RefusedError as refused:
        sys.exit(f"No release: {refused}")
    print(f"Next: git tag v{version} && git push origin HEAD v{version}")


if __name__ == "__main__":
    main()
