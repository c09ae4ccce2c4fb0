"""The list of mutations fits the renders that it is about, and the page of patterns the list."""

import ast
import re
from pathlib import Path

import pytest

from tests.mutations.listed import CHECKS, RENDERS, Mutation, mutations
from tests.mutations.page import NOT_YET, PAGE, proven, rows, written
from tests.rendering.renders import Renderer

ELSEWHERE = {
    "TO1": "`template:tests/rows` runs what the lock installs in each variant",
}
"""Patterns that no change of a project's file can break, and where they are proven."""

LIST = mutations()


@pytest.fixture(scope="module")
def projects(renderer: Renderer) -> dict[str, Path]:
    return {name: renderer.render(**answers).folder for name, answers in RENDERS.items()}


@pytest.mark.parametrize("mutation", LIST, ids=str)
def test_what_a_mutation_changes_is_there_once(
    projects: dict[str, Path], mutation: Mutation
) -> None:
    text = (projects[mutation.of] / mutation.file).read_text()
    changed = mutation.applied(text)

    assert changed != text
    if mutation.file.endswith(".py"):
        ast.parse(changed)


@pytest.mark.parametrize("mutation", LIST, ids=str)
def test_so_are_the_tests_that_find_it(projects: dict[str, Path], mutation: Mutation) -> None:
    assert mutation.tests
    for test in [test for test in mutation.tests if test not in CHECKS]:
        place, _, function = test.partition("::")
        source = (projects[mutation.of] / place).read_text()
        assert re.search(rf"^(async )?def {function.partition('[')[0]}\(", source, re.MULTILINE)


def test_each_is_called_differently_and_there_are_many() -> None:
    assert len({mutation.breaks for mutation in LIST}) == len(LIST) >= 80


@pytest.mark.parametrize(("pattern", "cell"), [*rows()], ids=lambda given: given[:5])
def test_each_pattern_is_seen_to_fail(pattern: str, cell: str) -> None:
    is_apart = cell == NOT_YET or pattern in ELSEWHERE
    assert bool(proven(pattern)) != is_apart


def test_each_mutation_is_of_a_pattern_of_the_page() -> None:
    assert {mutation.pattern for mutation in LIST} <= {pattern for pattern, _ in rows()}


def test_the_page_is_written_from_the_list() -> None:
    text = PAGE.read_text()
    assert written(text) == text, "run: uv run just mutate --write"
