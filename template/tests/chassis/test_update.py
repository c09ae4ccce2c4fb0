"""`just update`: what it passes on to Copier, and which files it takes for edited."""

import sys
from io import StringIO
from pathlib import Path

import pytest

from scripts.update import ANSWERS, compare, may_delete, obstacle, read_options

MIGRATION = "migrations/versions/0002_more.py"


def write(folder: Path, version: str, **files: str) -> Path:
    for path, text in {ANSWERS: f"_commit: {version}\n", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def test_what_vanishes_is_told_when_it_was_edited(tmp_path: Path) -> None:
    files = {"kept.py": "1", "plain.py": "1", "docs/edited.md": "1", "deleted.py": "1"}
    old = write(tmp_path / "old", "v1", **files)
    new = write(tmp_path / "new", "v2", **{"kept.py": "2", "added.py": "1"})
    edits = {"kept.py": "3", "docs/edited.md": "2", "own.py": "1"}
    project = write(tmp_path / "project", "v1", **files | edits)
    (project / "deleted.py").unlink()

    plan = compare(old, new, project)

    assert (plan.old, plan.new) == ("v1", "v2")
    assert plan.edited == ["docs/edited.md"]
    assert plan.migrations == []


@pytest.mark.parametrize("text", ["1", "2"], ids=["as it was", "edited"])
def test_migrations_never_vanish(tmp_path: Path, text: str) -> None:
    old = write(tmp_path / "old", "v1", **{MIGRATION: "1"})
    new = write(tmp_path / "new", "v1")
    project = write(tmp_path / "project", "v1", **{MIGRATION: text})

    plan = compare(old, new, project)

    assert (plan.edited, plan.migrations) == ([], [MIGRATION])


def test_options_go_to_the_step_that_they_are_about() -> None:
    given = ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x", "-o", "rej", "--no-check"]

    options = read_options(given)

    assert options.questions == ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x"]
    assert options.merging == ["-o", "rej"]
    assert options.no_check
    assert not options.delete_edited


@pytest.mark.parametrize("option", ["--pretend", "-n", "--delete", "--trust", "somewhere"])
def test_options_that_it_does_not_know_are_refused(option: str) -> None:
    with pytest.raises(SystemExit) as refused:
        read_options([option])

    assert refused.value.code == 2


def test_without_anybody_to_ask_nothing_is_deleted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("y\n"))

    assert not may_delete(["docs/edited.md"])

    assert "docs/edited.md\nAdd --delete-edited" in capsys.readouterr().out


def test_a_folder_that_copier_did_not_make_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)

    assert obstacle() == f"There is no {ANSWERS} here: run this in a project that Copier made."
