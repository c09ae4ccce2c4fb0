"""`just release`: what it refuses, and what it leaves behind."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from packaging.version import Version

from tests.release.releasing import RefusedError, bumped, release
from tests.rendering.renders import ROOT
from tests.updates.history import git, releases, take_working_tree

TODAY = date(2027, 1, 5)
PERSON = "Ada"
PASSING, FAILING = ["true"], ["false"]
SECTION = """\
## 77.0.0 (unreleased)

### What changes in your project

* Something.

### New questions and their defaults

None.

"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The working tree, committed, with a section for the next version."""
    folder = tmp_path / "repository"
    git(ROOT, "clone", "--quiet", "--no-tags", str(ROOT), str(folder))
    git(folder, "config", "user.name", PERSON)
    git(folder, "config", "user.email", "ada@example.org")
    take_working_tree(ROOT, folder)
    edit_changelog(folder, lambda text: text.replace("\n## ", f"\n{SECTION}## ", 1))
    return folder


def edit_changelog(repository: Path, edit: Callable[[str], str]) -> None:
    changelog = repository / "CHANGELOG.md"
    changelog.write_text(edit(changelog.read_text()))
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message=Work")


def assert_refused(repository: Path, version: str, reason: str, tests: list[str]) -> None:
    before = state(repository)
    with pytest.raises(RefusedError, match=reason):
        release(repository, version, tests, TODAY)
    assert state(repository) == before


def state(repository: Path) -> tuple[str, str]:
    return git(repository, "rev-parse", "HEAD"), git(repository, "status", "--porcelain")


def test_a_release_is_dated_bumped_and_committed(repository: Path) -> None:
    release(repository, "77.0.0", PASSING, TODAY)
    assert git(repository, "log", "-1", "--format=%an: %s") == f"{PERSON}: Release 77.0.0\n"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "show", "--name-only", "--format=").split() == [
        "CHANGELOG.md",
        "pyproject.toml",
        "uv.lock",
    ]
    assert "\n## 77.0.0 (2027-01-05)\n" in (repository / "CHANGELOG.md").read_text()
    pyproject = tomllib.loads((repository / "pyproject.toml").read_text())
    assert pyproject["project"]["version"] == "77.0.0"
    lock = tomllib.loads((repository / "uv.lock").read_text())["package"]
    assert {p["name"]: p["version"] for p in lock}["copier-fastapi"] == "77.0.0"
    newest = list(releases(repository).items())[-1]
    assert (str(newest[0]), newest[1]) == ("77.0.0", git(repository, "rev-parse", "HEAD").strip())


def test_what_is_not_committed_is_not_released(repository: Path) -> None:
    (repository / "new.txt").write_text("")
    assert_refused(repository, "77.0.0", "Not everything is committed", PASSING)


@pytest.mark.parametrize("tag", ["v77.0.0", "v77.0.1"])
@pytest.mark.parametrize("place", ["here", "where it is pushed to"])
def test_a_version_that_has_a_tag_is_not_released_again(
    repository: Path, tmp_path: Path, tag: str, place: str
) -> None:
    origin = tmp_path / "origin"
    git(tmp_path, "init", "--quiet", "--bare", str(origin))
    git(repository, "remote", "set-url", "origin", str(origin))
    git(repository, "tag", tag)
    if place != "here":
        git(repository, "push", "--quiet", "origin", tag)
        git(repository, "tag", "--delete", tag)
    assert_refused(repository, "77.0.0", f"There is a tag {tag}", PASSING)


def test_tags_that_can_not_be_asked_for_are_no_reason_to_go_on(repository: Path) -> None:
    git(repository, "remote", "set-url", "origin", "/nowhere")
    assert_refused(repository, "77.0.0", "origin can't be asked for its tags", PASSING)


@pytest.mark.parametrize("version", ["77", "v77.0.0", "77.0.0rc1", "77.0.0.dev1", "next"])
def test_a_release_has_three_numbers(repository: Path, version: str) -> None:
    assert_refused(repository, version, "of the form X.Y.Z", PASSING)


def test_a_release_is_newer_than_the_last_one(repository: Path) -> None:
    current = tomllib.loads((repository / "pyproject.toml").read_text())["project"]["version"]
    assert_refused(repository, current, "is not newer than", PASSING)
    assert_refused(repository, "0.0.9", "is not newer than", PASSING)


def test_a_release_has_a_section_in_the_changelog(repository: Path) -> None:
    assert_refused(repository, "78.0.0", r"no section `## 78.0.0 \(unreleased\)`", PASSING)
    edit_changelog(repository, lambda text: text.replace("77.0.0 (unreleased)", "77.0.0"))
    assert_refused(repository, "77.0.0", "no section", PASSING)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("What changes in your project", "* Something.\n"),
        ("New questions and their defaults", "None.\n"),
    ],
)
def test_the_section_tells_what_changes_and_what_is_new(
    repository: Path, title: str, text: str
) -> None:
    empty = SECTION.replace(text, "")
    edit_changelog(repository, lambda changelog: changelog.replace(SECTION, empty))
    assert_refused(repository, "77.0.0", f"nothing under `### {title}`", PASSING)
    lacking = empty.replace(f"### {title}\n", "")
    edit_changelog(repository, lambda changelog: changelog.replace(empty, lacking))
    assert_refused(repository, "77.0.0", f"nothing under `### {title}`", PASSING)


def test_what_fails_is_not_released(repository: Path) -> None:
    assert_refused(repository, "77.0.0", "`false` failed", FAILING)


def test_tests_that_change_files_prove_something_else(repository: Path) -> None:
    with pytest.raises(RefusedError, match="changed files"):
        release(repository, "77.0.0", ["touch", "new.txt"], TODAY)


def test_only_the_version_of_the_template_is_bumped() -> None:
    other = '[[package]]\nname = "copier"\nversion = "9.19.1"\n'
    ours = '[[package]]\nname = "copier-fastapi"\nversion = "0.1.0"\n'
    expected = other + ours.replace("0.1.0", "0.2.0")
    assert bumped(other + ours, Version("0.2.0")) == expected


def test_the_command_says_what_to_do_next(repository: Path) -> None:
    command = [sys.executable, "-m", "tests.release", "77.0.0", "--tests"]
    run = partial(subprocess.run, cwd=repository, capture_output=True, text=True, check=False)
    refused, done = run([*command, "false"]), run([*command, "true"])
    assert (refused.returncode, refused.stderr) == (1, "No release: `false` failed.\n")
    assert done.stdout == "Next: git tag v77.0.0 && git push origin HEAD v77.0.0\n"


def test_by_default_everything_is_tested_before_a_release() -> None:
    command = [sys.executable, "-m", "tests.release", "--help"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "(just test)" in told
    recipe = subprocess.check_output(["just", "--show", "release"], cwd=ROOT, text=True)
    assert 'python -m tests.release "$@"' in recipe
