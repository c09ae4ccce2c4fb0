"""Projects of every release become what the working tree renders, with every edit in them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from _pytest.mark import ParameterSet
from copier.errors import UserMessageError
from packaging.version import Version

from tests.questionnaire.answering import offered_by
from tests.rendering.renders import Answers
from tests.updates.edits import edit, nothing, rename_by_hand
from tests.updates.history import Change, History, git, known_releases, real_history
from tests.updates.planting import append
from tests.updates.promises import ANSWERS_FILE, MOVED, broken_promises, update
from tests.updates.updating import LOCK, Files, Project, edited, fresh, run_copier, start
from tests.variants.numbered import PAIRWISE, PRESETS, VARIANTS

# https://docs.renovatebot.com/modules/manager/copier
RENOVATES_FILES = re.compile(r"(^|/)\.copier-answers(\..+)?\.ya?ml")

PRISTINE, EDITED = "pristine", "edited"
CHANGES = {PRISTINE: nothing, EDITED: edit}
STANDARD = {preset: {"preset": preset} for preset in PRESETS}
# After the presets: awkward texts with all ways of pooling, and one more.
ROWS = STANDARD | {f"row {n}": VARIANTS[n] for n in PAIRWISE[len(PRESETS) : len(PRESETS) + 5]}


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return real_history(tmp_path_factory.mktemp("history") / "copier-fastapi")


RELEASES = known_releases()


def cases() -> Iterator[ParameterSet]:
    for release in RELEASES:
        for row in ROWS:
            for change in CHANGES:
                is_fast = release == RELEASES[-1] and row in STANDARD
                marks = [] if is_fast else [pytest.mark.slow]
                yield pytest.param(
                    release, row, change, marks=marks, id=f"{release}-{row}-{change}"
                )


def taken_by(history: History, release: str, row: Answers) -> Answers:
    """Without what that release didn't ask, or didn't offer, or refuses."""
    answers = dict(offered(history.questions(release), row))
    while True:
        try:
            fresh(history, release, answers)
        except ValueError as error:
            del answers[refused_by(error)]
        else:
            return answers


def offered(questions: dict[str, dict[str, Any]], row: Answers) -> Iterator[tuple[str, Any]]:
    for name, answer in row.items():
        choices = offered_by(questions.get(name, {}))
        if isinstance(answer, list):
            yield name, [choice for choice in answer if choice in choices]
        elif name in questions and (not choices or answer in choices):
            yield name, answer


def refused_by(error: ValueError) -> str:
    """The question that Copier names."""
    match = re.search(r"'(\w+)'", str(error))
    if match is None:
        raise error
    return match[1]


@pytest.mark.parametrize(("release", "row", "change"), list(cases()))
def test_an_update_is_what_a_new_project_would_be(
    history: History, tmp_path: Path, release: str, row: str, change: str
) -> None:
    answers = taken_by(history, release, ROWS[row])
    made = update(history, release, answers, CHANGES[change], tmp_path)
    assert broken_promises(made) == []


@pytest.mark.parametrize("release", RELEASES)
def test_a_service_that_was_renamed_by_hand_keeps_its_name(
    history: History, tmp_path: Path, release: str
) -> None:
    """`main.py` was written anew in 0.3.0: the line stands between marks there."""
    made = update(history, release, {}, rename_by_hand, tmp_path)

    conflicts = ["src/app/main.py"] if Version(release) < MOVED else []
    assert made.project.conflicts() == conflicts
    for path, name in (("src/app/main.py", 'title="Order Desk"'), ("README.md", "# Order Desk\n")):
        assert name in (made.project.folder / path).read_text()


@pytest.mark.parametrize("release", RELEASES)
def test_an_update_may_come_with_another_answer(
    history: History, tmp_path: Path, release: str
) -> None:
    project = start(history, tmp_path / "project", release, {})
    project.edit(edit)
    answers = {"project_name": "Order Desk", "project_slug": "order-desk"}
    assert project.bring(history, history.candidate, **answers) == []
    today = fresh(history, history.candidate, project.recorded())
    expected = edited(today, tmp_path / "expected", edit).files()
    assert project.files() == {**expected, LOCK: project.files()[LOCK]}
    assert 'title="Order Desk"' in (project.folder / "src" / "app" / "main.py").read_text()


def test_the_answers_file_is_what_bots_expect(history: History, tmp_path: Path) -> None:
    """Renovate finds it by its name, compares versions by PEP 440, and reads where they come
    from."""
    project = start(history, tmp_path / "project", RELEASES[-1], {})
    (path,) = [path for path in project.files() if RENOVATES_FILES.search(path)]
    answers = yaml.safe_load((project.folder / path).read_text())
    assert answers["_commit"] == RELEASES[-1]
    assert not Version(answers["_commit"]).is_prerelease
    assert answers["_src_path"] == str(history.folder)


@pytest.mark.parametrize("release", RELEASES)
def test_copier_alone_does_not_lose_edits_in_files_that_moved(
    history: History, tmp_path: Path, release: str
) -> None:
    project = start(history, tmp_path / "project", release, {})
    before = project.files()
    if Version(release) < MOVED:
        with pytest.raises(UserMessageError, match=r"0\.3\.0 with the command in its CHANGELOG"):
            project.update(history.candidate)
        assert project.files() == before


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> History:
    """One more release after the working tree."""
    history = real_history(tmp_path_factory.mktemp("later") / "copier-fastapi")
    return history.release("9.0.0", append("template/README.md.jinja", "\nThere is more.\n"))


@pytest.mark.slow
def test_renovates_command_does_what_these_tests_do(
    later: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a URL, in a process of its own, without the shortcuts of this suite."""
    url, today = f"git+file://{later.folder}", later.versions[-2]
    monkeypatch.setenv("COPIER_CACHE_DIR", str(tmp_path / "cache"))
    ours = start(later, tmp_path / "ours", today, {})
    theirs = Project(tmp_path / "theirs")
    run_copier("copy", "--defaults", "--vcs-ref", today, url, str(theirs.folder), at=tmp_path)
    git(theirs.folder, "init", "--quiet")
    for project in (theirs, ours):
        project.edit(edit)
    ours.update(later.candidate)
    options = ["--skip-answered", "--defaults", "--answers-file", ".copier-answers.yml"]
    run_copier("update", *options, "--vcs-ref", later.candidate, at=theirs.folder)
    assert theirs.answers_file() == {**ours.answers_file(), "_src_path": url}
    assert without_answers(theirs) == without_answers(ours)


@pytest.mark.parametrize("change", [nothing, edit], ids=[PRISTINE, EDITED])
def test_the_task_of_the_project_does_what_copier_does(
    later: History, tmp_path: Path, change: Change
) -> None:
    """Where nothing moved."""
    by_copier, by_task = (
        start(later, tmp_path / name, later.versions[-2], {}) for name in ("copier", "task")
    )
    for project in (by_copier, by_task):
        project.edit(change)

    by_copier.update(later.candidate)
    assert by_task.bring(later, later.candidate) == []

    assert by_task.files() == by_copier.files()


def without_answers(project: Project) -> Files:
    return {path: what for path, what in project.files().items() if path != ANSWERS_FILE}
