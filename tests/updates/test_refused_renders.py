"""What Copier refuses is told in a sentence, with what to do about it."""

from pathlib import Path

import pytest

from scripts.rendering import Refused, render, unknown
from tests.updates.history import commit, git

QUESTIONS = """
color: {type: str, choices: [red, blue], default: red}
size: {type: int, default: 3, validator: "{{ 'Too big: take less.' if size > 5 }}"}
"""


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny") / "template"
    folder.mkdir()
    (folder / "copier.yml").write_text(QUESTIONS)
    answers = "{{ _copier_answers | to_nice_yaml }}"
    (folder / "{{ _copier_conf.answers_file }}.jinja").write_text(answers)
    git(folder, "init", "--quiet")
    commit(folder, "1.0.0")
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    at(folder, str(template))
    monkeypatch.chdir(folder)
    return folder


def at(project: Path, source: str) -> None:
    (project / ".copier-answers.yml").write_text(f"_commit: v1.0.0\n_src_path: {source}\n")


def refused(project: Path, *options: str) -> str:
    with pytest.raises(Refused) as told:
        render(project / "new", "--defaults", *options)
    return str(told.value)


@pytest.mark.parametrize(
    ("options", "reason", "advice"),
    [
        ("-d color=green", "Invalid choice for 'color': 'green' is not in", "--ask color"),
        ("-d size=9", "Validation error for question 'size': Too big: take less.", "--ask size"),
        ("-r v9.0.0", "Unknown revision: 'v9.0.0'", "git ls-remote --tags /"),
    ],
)
def test_what_can_not_be_is_said_by_copier_without_its_stack(
    project: Path, options: str, reason: str, advice: str, capfd: pytest.CaptureFixture[str]
) -> None:
    told, what = refused(project, *options.split()).splitlines()

    assert told.startswith(reason)
    assert advice in what
    assert "Traceback" not in capfd.readouterr().err


def test_a_template_that_is_not_there_or_that_git_refuses_is_named(project: Path) -> None:
    at(project, "/nowhere/template")
    assert refused(project).splitlines()[1] == (
        "There is none at /nowhere/template, as .copier-answers.yml has it."
    )
    (project / "new").rename(project / "earlier")
    at(project, "file:///nowhere/template.git")
    told, what = refused(project).splitlines()
    assert "nowhere/template.git' does not" in told
    assert what == "Git can't read the template. Try: git ls-remote file:///nowhere/template.git"


def test_an_answer_that_nothing_asks_for_is_not_dropped(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "answers.yml"
    file.write_text("size: 4\ntaste: sweet\n")
    new = project / "new"
    render(new, "--defaults", "-d", "colour=blue")

    assert unknown([], new) == ""
    assert unknown(["-l", "-d", "color=blue", "--ask", "s*"], new) == ""
    told = "With these answers, nothing asks for"
    assert unknown(["-d", "colour=blue"], new) == f"{told} colour. Did you mean color?"
    assert unknown(["--ask", "shape*"], new).startswith(f"{told} shape*.")
    assert unknown(["--data-file", str(file)], new).startswith(f"{told} taste.")
