"""The reference of the questions knows every question and every choice."""

import re

import pytest

from tests.questionnaire.answering import choices
from tests.rendering.renders import ROOT, questions

REFERENCE = (ROOT / "docs" / "reference" / "questions.md").read_text().partition("\n## ")[0]
ASKED = [name for name, question in questions().items() if question.get("when", True) is not False]


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_documented_with_its_choices(name: str) -> None:
    (row,) = re.findall(rf"^\| `{name}` .*$", REFERENCE, re.MULTILINE)

    for choice in choices(name):
        assert f"`{choice}`" in row


def test_no_other_question_is_documented() -> None:
    documented = re.findall(r"^\| `(\w+)` ", REFERENCE, re.MULTILINE)

    assert set(documented) <= set(questions())
