"""`just update` begins only where git has everything, and says how to get there."""

from pathlib import Path

import pytest

from scripts.obstacles import obstacle
from tests.updates.history import git

ANSWERS = ".copier-answers.yml"
SOURCE = "https://example.org/template.git"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with two commits of one file, and a branch that has another."""
    folder = tmp_path / "project"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / ANSWERS).write_text(f"_commit: v1.0.0\n_src_path: {SOURCE}\n")
    commit(folder, {"a": "1"})
    git(folder, "branch", "other")
    commit(folder, {"a": "2"})
    monkeypatch.chdir(folder)
    return folder


def commit(folder: Path, files: dict[str, str], message: str = "Work") -> None:
    for name, text in files.items():
        (folder / name).write_text(text)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", f"--message={message}")


def test_where_git_has_everything_nothing_is_in_the_way(project: Path) -> None:
    git(project, "config", "status.branch", "true")

    assert obstacle() == ""


def test_a_folder_that_copier_did_not_make_is_refused(project: Path) -> None:
    (project / ANSWERS).unlink()

    assert obstacle() == f"There is no {ANSWERS} here: run this in a project that Copier made."


BEGUN = {
    "merge": "merge --quiet --no-ff --no-commit -s ours theirs",
    "rebase": "rebase --quiet --exec false HEAD^",
    "cherry-pick": "cherry-pick theirs",
    "revert": "revert --no-commit HEAD",
    "bisect": "bisect start",
}
"""Each leaves a tree that looks clean."""


@pytest.mark.parametrize("what", BEGUN)
def test_what_git_has_begun_is_to_be_ended_first(project: Path, what: str) -> None:
    git(project, "checkout", "--quiet", "-b", "theirs", "other")
    commit(project, {"a": "2"}, "Theirs")
    git(project, "checkout", "--quiet", "main")
    git(project, "config", "user.name", "Ada")
    git(project, "config", "user.email", "ada@example.org")
    if what == "revert":
        commit(project, {})

    started = git(
        project, "-c", 'alias.try=!f() { git "$@" || true; }; f', "try", *BEGUN[what].split()
    )

    assert git(project, "status", "--porcelain") == "", started
    assert f"A {what} has begun here and has not ended. End it first: git {what} " in obstacle()


@pytest.mark.parametrize("flag", ["--skip-worktree", "--assume-unchanged"])
def test_files_that_git_was_told_not_to_look_at_are_named(project: Path, flag: str) -> None:
    git(project, "update-index", flag, "a")
    (project / "a").write_text("mine")
    assert git(project, "status", "--porcelain") == ""

    told = obstacle()

    assert told.startswith("Git doesn't look at these files:\na\n")
    git(project, *told.rpartition(": git ")[2].split())
    assert obstacle().startswith(" M a\n")


def test_so_are_new_files_that_git_was_told_not_to_show(project: Path) -> None:
    git(project, "config", "status.showUntrackedFiles", "no")
    (project / "b").write_text("mine")

    assert obstacle().startswith("?? b\nCommit or stash this first")


def test_the_answers_have_to_be_in_git(project: Path) -> None:
    git(project, "rm", "--quiet", "--cached", ANSWERS)
    commit(project, {".gitignore": ANSWERS})

    assert obstacle().startswith(f"Git doesn't have {ANSWERS}")


def test_a_repository_of_another_user_is_called_that(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")

    trusting = f"git config --global --add safe.directory {project}"
    assert obstacle() == f"This repository is another user's. If you trust it: {trusting}"


@pytest.mark.parametrize(
    ("source", "refused"),
    [
        ("../template", True),
        ("templates/service", True),
        ("'../with spaces'", True),
        ("..", False),  # there is such a folder
        ("/templates/service", False),
        ("gh:ORG/template", False),
        ("git@example.org:template.git", False),
    ],
)
def test_a_template_by_a_path_that_begins_elsewhere_is_refused(
    project: Path, source: str, refused: bool
) -> None:
    commit(project, {ANSWERS: f"_commit: v1.0.0\n_src_path: {source}\n"})

    told = obstacle()

    path = source.strip("'")
    assert told.startswith(f"There is no template at {path}, as") == refused
    assert ("sed -i.old 's|^_src_path: .*|_src_path: /WHERE/IT/IS|'" in told) == refused
