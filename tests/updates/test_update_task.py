"""`just update`: what it passes on to Copier, and what keeps it from beginning."""

import sys
from io import StringIO

import pytest

from scripts.update import may_delete, read_options


def test_options_about_questions_go_to_copier() -> None:
    given = ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x", "--no-check"]

    options = read_options(given)

    assert options.questions == ["-l", "-r", "v2", "-d", "ci=none", "-d", "server=x"]
    assert options.no_check
    assert not options.delete_edited


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--pretend", "unrecognized arguments: --pretend"),
        ("--trust", "unrecognized arguments: --trust"),
        ("somewhere", "unrecognized arguments: somewhere"),
        ("-o rej", "conflicts always stand in the files, between marks: leave -o out"),
        ("--conflict inline", "leave -o out"),
        ("-d ci", "-d wants a question and an answer: -d ci=ANSWER"),
        ("--data-file none.yml", "there is no file none.yml"),
    ],
)
def test_options_that_mean_nothing_are_refused_in_a_sentence(
    given: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        read_options(given.split())

    assert refused.value.code == 2
    assert capsys.readouterr().err.endswith(f"{told}\n")


def test_without_anybody_to_ask_nothing_is_deleted(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO("y\n"))

    assert not may_delete(["docs/edited.md"])

    assert "docs/edited.md\nAdd --delete-edited" in capsys.readouterr().out
