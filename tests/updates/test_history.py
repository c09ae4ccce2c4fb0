"""Which commits are releases, and what the candidate holds."""

from pathlib import Path

import pytest
from packaging.version import Version

from tests.rendering.renders import ROOT
from tests.updates.history import git, next_version, real_history, releases

CHANGELOG = "# Changelog\n\n## 0.3.0 (unreleased)\n\n## 0.2.0 (2026-12-01)\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def commit(repository: Path, version: str, other: str = "") -> str:
    text = f'[project]\nname = "x"\nversion = "{version}"\n{other}'
    (repository / "pyproject.toml").write_text(text)
    (repository / "CHANGELOG.md").write_text(CHANGELOG)
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--allow-empty", f"--message={version} {other}")
    return git(repository, "rev-parse", "HEAD").strip()


def test_a_release_is_the_last_commit_that_made_a_version_final(repository: Path) -> None:
    commit(repository, "0.1.0")
    commit(repository, "0.1.0.dev0")
    first = commit(repository, "0.1.0")
    commit(repository, "0.1.0", "description = 'x'\n")
    commit(repository, "0.2.0rc1")
    second = commit(repository, "0.2.0")
    assert releases(repository) == {Version("0.1.0"): first, Version("0.2.0"): second}


def test_the_first_release_of_the_template_is_known() -> None:
    released = releases(ROOT)[Version("0.1.0")]
    assert git(ROOT, "show", "--no-patch", "--format=%s", released) == "Release 0.1.0\n"


def test_a_shallow_clone_is_told_what_to_do(repository: Path, tmp_path: Path) -> None:
    commit(repository, "0.1.0")
    commit(repository, "0.2.0")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{repository}", "shallow")
    with pytest.raises(LookupError, match="git fetch --unshallow"):
        releases(tmp_path / "shallow")


def test_an_archive_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="clone the repository"):
        releases(tmp_path)


def test_the_candidate_is_the_working_tree(repository: Path, tmp_path: Path) -> None:
    (repository / "deleted.txt").write_text("")
    (repository / "changed.txt").write_text("old")
    (repository / ".gitignore").write_text("ignored.txt\n")
    commit(repository, "0.2.0")
    (repository / "deleted.txt").unlink()
    (repository / "changed.txt").write_text("new")
    (repository / "untracked.txt").write_text("")
    (repository / "ignored.txt").write_text("")
    history = real_history(tmp_path / "clone", repository)
    assert history.versions == ("v0.2.0", "v0.3.0")
    held = set(git(history.folder, "ls-tree", "-r", "--name-only", "v0.3.0").split())
    kept = {".gitignore", "CHANGELOG.md", "pyproject.toml"}
    assert held == kept | {"changed.txt", "untracked.txt"}
    assert git(history.folder, "show", "v0.3.0:changed.txt") == "new"
    assert "deleted.txt" in git(history.folder, "ls-tree", "--name-only", "v0.2.0").split()


def test_tags_are_made_in_the_clone_only(repository: Path, tmp_path: Path) -> None:
    commit(repository, "0.2.0")
    for tag in ("v0.2.0", "v9.9.9"):
        git(repository, "tag", tag)
    history = real_history(tmp_path / "clone", repository)
    assert git(history.folder, "tag").split() == ["v0.2.0", "v0.3.0"]
    assert git(repository, "tag").split() == ["v0.2.0", "v9.9.9"]


def test_the_next_version_is_the_announced_one_or_a_further_one() -> None:
    released = [Version("0.1.0"), Version("0.2.0")]
    assert next_version(CHANGELOG, released) == Version("0.3.0")
    assert next_version(CHANGELOG.replace("0.3.0", "1.0.0"), released) == Version("1.0.0")
    assert next_version(CHANGELOG, [*released, Version("0.3.0")]) == Version("0.4.0")
