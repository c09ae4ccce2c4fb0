"""What an update promises to a project of any release, each promise with what breaks it."""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2.meta
from packaging.version import Version

from scripts.merging import TABLE
from tests.questionnaire.answering import offered_by
from tests.rendering.renders import Answers, environment
from tests.updates.history import Change, History
from tests.updates.updating import LOCK, Files, Project, edited, fresh, start

ANSWERS_FILE = ".copier-answers.yml"

NOTHING_MOVED: Mapping[str, Any] = {"removed": [], "paths": {}}
MOVED = Version("0.3.0")
"""Until then Copier alone would lose edits, so that it refuses."""


@dataclass(frozen=True)
class Update:
    """A project of `version`, edited, that is as the candidate of the history makes it."""

    history: History
    version: str
    answers: Answers
    change: Change
    project: Project

    before: Files
    """What was in the project, the edits included."""

    known: Answers
    """What was recorded then."""

    def pristine(self, **answers: Any) -> Files:
        """What the candidate renders for the answers that are recorded now, and some others."""
        recorded = self.project.recorded() | answers
        return fresh(self.history, self.history.candidate, recorded).files()

    def expected(self) -> Files:
        """What the candidate renders today, with the same edits."""
        recorded = self.project.recorded()
        today = fresh(self.history, self.history.candidate, recorded)
        place = self.project.folder.with_name("expected")
        return {**edited(today, place, self.change).files(), LOCK: self.before[LOCK]}


def update(
    history: History, version: str, answers: Answers, change: Change, folder: Path
) -> Update:
    project = start(history, folder / "project", version, answers)
    project.edit(change)
    before, known = project.files(), project.recorded()
    if Version(version) < MOVED:
        project.bring(history, history.candidate)
    else:
        project.update(history.candidate)
    return Update(history, version, answers, change, project, before, known)


def broken_promises(update: Update) -> list[str]:
    promises = (conflicts, differences, lost_files, changed_answers, lost_answers, intrusions)
    return [what for promise in promises for what in promise(update)]


def conflicts(update: Update) -> Iterator[str]:
    """None, where the two sides changed different lines."""
    for path in update.project.conflicts():
        yield f"{path} has a conflict"


def differences(update: Update) -> Iterator[str]:
    """None to a new project with the same answers and edits: every edit is there, and nothing is
    left of the older version."""
    found, expected = update.project.files(), update.expected()
    for path in sorted(found.keys() | expected.keys()):
        if found.get(path) != expected.get(path):
            yield f"{path} is not what the new version renders, with the edits"


def lost_files(update: Update) -> Iterator[str]:
    """What was renamed or removed, unless the table of moves says where it is."""
    found = update.project.files()
    table = tomllib.loads(found[TABLE][0].decode()) if TABLE in found else NOTHING_MOVED
    for path in sorted(update.before.keys() - found.keys() - set(table["removed"])):
        if table["paths"].get(path) not in found:
            yield f"{path} is gone: paths are public"


def changed_answers(update: Update) -> Iterator[str]:
    recorded = update.project.recorded()
    for name in sorted(update.known.keys() & recorded.keys()):
        if update.known[name] != recorded[name]:
            yield f"{name} was {update.known[name]!r} and is {recorded[name]!r}"


def lost_answers(update: Update) -> Iterator[str]:
    """An answer may get another name: the default of the new question reads the old one."""
    questions = update.history.questions(update.history.candidate)
    for name in sorted(update.known.keys() - update.project.recorded().keys()):
        if name not in questions.keys() | read_by_defaults(questions):
            yield f"{name} was answered, and nothing reads the answer any more"


def read_by_defaults(questions: Mapping[str, Mapping[str, Any]]) -> set[str]:
    texts = (what["default"] for what in questions.values() if isinstance(what["default"], str))
    parsed = map(environment().parse, texts)
    return {name for text in parsed for name in jinja2.meta.find_undeclared_variables(text)}


def intrusions(update: Update) -> Iterator[str]:
    """New questions that nobody was asked, whose answer changes more than another one would: the
    default must be the choice that leaves a project as it was."""
    questions = update.history.questions(update.history.candidate)
    recorded = update.project.recorded()
    before = fresh(update.history, update.version, update.answers).files()
    distance = changed_lines(before, update.pristine())
    for name in sorted(recorded.keys() - update.known.keys()):
        for other in alternatives(questions[name], recorded[name]):
            try:
                files = update.pristine(**{name: other})
            except ValueError:  # it is refused, beside the other answers
                continue
            if changed_lines(before, files) < distance:
                yield f"{name} became {recorded[name]!r}, but {other!r} changes less of the project"


def alternatives(question: Mapping[str, Any], answer: Any) -> list[Any]:
    if question["type"] == "bool":
        return [not answer]
    if question.get("multiselect"):
        return [[]] if answer else []
    return [choice for choice in offered_by(question) if choice != answer]


def changed_lines(old: Files, new: Files) -> int:
    count = 0
    for path in (old.keys() | new.keys()) - {LOCK, ANSWERS_FILE}:
        one, other = (
            Counter(files.get(path, (b"", False))[0].splitlines()) for files in (old, new)
        )
        count += ((one - other) + (other - one)).total()
    return count
