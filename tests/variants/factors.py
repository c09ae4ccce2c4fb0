"""What variants are made of, read from `copier.yml` itself: factors, and constraints between them.

A question with choices is a factor. One that takes several is a factor for each choice, and one
more for the order in which they are given. What excludes what is never written here: Copier is
asked, with the questionnaire's own validators and conditions.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jinja2.meta

from tests.questionnaire.answering import accepts, choices, values_of
from tests.rendering.renders import Answers, environment, questions
from tests.variants.covering import Constraint, Row, Space

ON, OFF = "on", "off"
LISTED, REVERSED = "listed", "reversed"
ORDER = "order"


def factors_of(name: str) -> dict[str, list[str]]:
    """None for a text or a number, and for what is computed or never asked."""
    question = questions()[name]
    if question.get("when") is False or question.get("ask") is False:
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
