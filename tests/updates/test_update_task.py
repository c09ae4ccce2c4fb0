"""`just update`: what it passes on to Copier, and what keeps it from beginning."""

import sys
from io import StringIO
from pathlib import Path

import pytest

from scripts.update import may_delete, obstacle, read_options


def test_options_about_questions_go_to_copier() -> None:
    given = ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x", "--no-check"]

    options = read_options(given)

    assert options.questions == ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x"]
    assert options.no_check
    assert not options.delete_edited


@pytest.mark.parametrize("option", ["--pretend", "-n", "-o", "--trust", "somewhere"])
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

    assert (
        obstacle()
        == "There is no .copier-answers.yml here: run this in a project that Copier made."
    )
