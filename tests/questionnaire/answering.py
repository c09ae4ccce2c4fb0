"""What can be answered: the choices of a question, and what Copier itself makes of answers."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from copier._main import Worker

from tests.rendering.renders import Answers, compiling_once, copy_of_template, questions


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
