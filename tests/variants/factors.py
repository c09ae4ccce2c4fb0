"""What can be answered, read from `copier.yml` itself: factors and constraints of the variants.

A question with choices is a factor. One that takes several is a factor for each choice, and one
more for the order in which they are given. What excludes what is never written here: Copier is
asked, with the questionnaire's own validators and conditions.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2.meta
from copier._main import Worker

from tests.rendering.renders import (
    Answers,
    compiling_once,
    copy_of_template,
    environment,
    questions,
)
from tests.variants.covering import Constraint, Row, Space

ON, OFF = "on", "off"
LISTED, REVERSED = "listed", "reversed"
ORDER = "order"


def choices(name: str) -> list[Any]:
    return offered_by(questions()[name])


def offered_by(question: Mapping[str, Any]) -> list[Any]:
    offered = question.get("choices", [])
    labelled = offered.values() if isinstance(offered, dict) else offered
    return [choice["value"] if isinstance(choice, dict) else choice for choice in labelled]


def values_of(name: str) -> dict[str, Any]:
    """The answers to a question with choices, by the text of a factor's value."""
    if questions()[name]["type"] == "bool":
        return {"true": True, "false": False}
    return {str(choice): choice for choice in choices(name)}


def factors_of(name: str) -> dict[str, list[str]]:
    """None for a text or a number, and for what is computed."""
    question = questions()[name]
    if question.get("when") is False:
        return {}
    if question.get("multiselect"):
        several = {f"{name}.{choice}": [ON, OFF] for choice in choices(name)}
        # One choice has no order.
        return several | {f"{name}.{ORDER}": [LISTED, REVERSED][: len(several)]}
    values = values_of(name)
    return {name: list(values)} if values else {}


def row_of(answers: Answers) -> Row:
    """The values that these answers give to factors."""
    row: Row = {}
    for name in [name for name in questions() if name in answers]:
        given = answers[name]
        if questions()[name].get("multiselect"):
            listed = given == [choice for choice in choices(name) if choice in given]
            row |= {f"{name}.{choice}": ON if choice in given else OFF for choice in choices(name)}
            row[f"{name}.{ORDER}"] = LISTED if listed else REVERSED
        elif factors_of(name):
            row[name] = next(text for text, answer in values_of(name).items() if answer == given)
    return row


def answers_of(row: Row) -> dict[str, Any]:
    """What to tell Copier. A question that takes several needs all of its factors."""
    answers: dict[str, Any] = {}
    for name in questions():
        if name in row:
            answers[name] = values_of(name)[row[name]]
        elif f"{name}.{ORDER}" in row:
            given = [choice for choice in choices(name) if row[f"{name}.{choice}"] == ON]
            answers[name] = given if row[f"{name}.{ORDER}"] == LISTED else given[::-1]
    return answers


@dataclass(frozen=True)
class Asked:
    answers: Answers
    """All of them, the computed ones included."""

    skipped: frozenset[str]
    """Questions that these answers leave no room for."""


@cache
def _worker() -> tuple[Worker, tempfile.TemporaryDirectory[str]]:
    """Copier with the questions alone, read once, and what deletes them in the end."""
    place = tempfile.TemporaryDirectory(prefix="questionnaire-")
    folder = copy_of_template(Path(place.name, "source"), parts=("copier.yml", "extensions"))
    return Worker(str(folder), folder / "nowhere", defaults=True, quiet=True), place


def ask(answers: Answers) -> Asked:
    """What Copier makes of these answers. Raises `ValueError` when it refuses one."""
    worker, _ = _worker()
    worker.data = dict(answers)
    with compiling_once():
        worker._ask()  # `run_copy` would render too
    return Asked(worker.answers.combined, frozenset(worker.answers.hidden))


def accepts(answers: Answers) -> bool:
    """Whether Copier takes the answers, and none of them in vain: a question that is skipped
    has its default and nothing else."""
    try:
        asked = ask(answers)
        in_vain = asked.skipped & answers.keys()
        if not in_vain:
            return True
        usual = ask({key: value for key, value in answers.items() if key not in in_vain})
    except ValueError:
        return False
    return all(usual.answers[name] == answers[name] for name in in_vain)


def constraints() -> list[Constraint]:
    scopes = {_scope(name): None for name in questions()}
    return [Constraint(scope, _allows) for scope in scopes if scope]


def _allows(row: Row) -> bool:
    answers = answers_of(row)
    # Less than two choices have no order to reverse.
    return row_of(answers) == row and accepts(answers)


def _scope(name: str) -> frozenset[str]:
    """The factors that decide about the answers to a question."""
    question = questions()[name]
    deciding = [
        text for key in ("validator", "when", "choices") for text in _texts(question.get(key))
    ]
    read = _factor_questions(_variables(deciding))
    if not read and not question.keys() & {"validator", "multiselect"}:
        return frozenset()
    return frozenset(factor for other in {*read, name} for factor in factors_of(other))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of a question."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif isinstance(value, str):
        yield value


def _variables(texts: list[str]) -> set[str]:
    parse = environment().parse
    return {name for text in texts for name in jinja2.meta.find_undeclared_variables(parse(text))}


def _factor_questions(variables: set[str]) -> set[str]:
    """The questions with factors among them, also behind what is computed from others."""
    found: set[str] = set()
    todo = variables & questions().keys()
    while todo:
        name = todo.pop()
        found.add(name)
        if not factors_of(name):
            behind = [*_texts(questions()[name]["default"]), *_texts(questions()[name].get("when"))]
            todo |= (_variables(behind) & questions().keys()) - found
    return {name for name in found if factors_of(name)}


@cache
def space() -> Space:
    factors = {
        factor: values for name in questions() for factor, values in factors_of(name).items()
    }
    return Space(factors, constraints())
