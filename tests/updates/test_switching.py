"""Other answers in a service that is in use: each choice of each question, and back again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.questionnaire.answering import accepts, ask, choices, values_of
from tests.rendering.renders import Answers, questions
from tests.updates.edits import edit
from tests.updates.history import History, invented_history
from tests.updates.updating import Files, Project, edited, fresh, start

BASES: dict[str, Answers] = {
    "sqlite": {},
    "postgresql": {"database_driver": "asyncpg", "preset": "full"},
}
TEXTS = {
    "project_name": "Order Desk",
    "project_slug": "order-desk",
    "project_description": "Takes orders.",
    "author_name": "Ada Lovelace",
    "author_email": "ada@example.org",
}
"""Another answer to each question that takes any text."""

ASKED = [
    name
    for name, question in questions().items()
    if question.get("when") is not False and question.get("ask") is not False
]


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return invented_history(tmp_path_factory.mktemp("history") / "copier-fastapi")


def others(name: str, current: Any) -> Iterator[Any]:
    """What else can be answered. Of several choices, each one is turned in its turn."""
    question = questions()[name]
    if question.get("multiselect"):
        for choice in choices(name):
            turned = {*current} ^ {choice}
            current = [each for each in choices(name) if each in turned]
            yield current
    elif values := values_of(name):
        yield from (value for value in values.values() if value != current)
    else:
        yield current + 1 if question["type"] == "int" else TEXTS[name]


def ways(name: str) -> dict[str, list[Any]]:
    """The answers to give, by base. One base is enough for a question that is independent of it."""
    found = {}
    for base, answers in BASES.items():
        asked = ask(answers)
        every = [] if name in asked.skipped else list(others(name, asked.answers[name]))
        taken = [other for other in every if accepts({**answers, name: other})]
        if taken:
            found[base] = taken
        if taken and taken == every:
            break
    return found


@pytest.mark.parametrize("name", ASKED)
def test_every_choice_is_switched_to(name: str) -> None:
    reached = [
        answer
        for base, answers in ways(name).items()
        for answer in (ask(BASES[base]).answers[name], *answers)
    ]
    assert len(reached) > 1
    if questions()[name].get("multiselect"):
        for choice in choices(name):
            assert {choice in answer for answer in reached} == {True, False}
    else:
        assert all(value in reached for value in values_of(name).values())


@pytest.mark.slow
@pytest.mark.parametrize("name", ASKED)
def test_switching_is_generating_anew_and_back_again_restores_the_tree(
    history: History, tmp_path: Path, name: str
) -> None:
    for base, answers in ways(name).items():
        project = start(history, tmp_path / base / "project", history.candidate, BASES[base])
        project.edit(edit)
        original, recorded = project.files(), project.recorded()
        for number, answer in enumerate(answers):
            project.switch(**{name: answer})
            today = fresh(history, history.candidate, {**recorded, name: answer})
            expected = edited(today, tmp_path / base / f"expected-{number}", edit)
            assert_same(project, expected.files())
            project.commit()
        project.switch(**{name: recorded[name]})
        assert_same(project, original)


def assert_same(project: Project, expected: Files) -> None:
    assert project.conflicts() == []
    found = project.files()
    assert {path for path in found | expected if found.get(path) != expected.get(path)} == set()
