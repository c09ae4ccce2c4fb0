"""The examples go by deleting files, as `docs/how-to/remove-the-examples.md` lists them."""

from pathlib import Path

import pytest

from tests.variants.numbered import PAIRWISE, VARIANTS
from tests.wings.adding import of_owners
from tests.wings.conftest import Checked
from tests.wings.pages import run_commands

PAGE = "docs/how-to/remove-the-examples.md"

pytestmark = pytest.mark.slow


def rows() -> list[str]:
    """Two of each kind that differs in what is removed, or in where it was."""
    chosen: list[str] = []
    for driver in ("aiosqlite", "asyncpg"):
        for auth in ("none", "jwt"):
            fitting = [
                n for n in PAIRWISE if answers(n) >= {("database_driver", driver), ("auth", auth)}
            ]
            chosen += fitting[: 2 if auth == "none" else 1]
    return chosen


def answers(number: str) -> set[tuple[str, str]]:
    return {(name, value) for name, value in VARIANTS[number].items() if isinstance(value, str)}


@pytest.mark.parametrize(
    ("project", "number"), [(VARIANTS[n], n) for n in rows()], ids=rows(), indirect=["project"]
)
def test_what_is_left_passes_its_checks(project: Path, number: str, check: Checked) -> None:
    before = {path for path in project.rglob("*") if path.is_file()}

    run_commands(project, PAGE)

    gone = before - {path for path in project.rglob("*") if path.is_file()}
    assert len(gone) > 10
    assert not list(project.rglob("posts.py"))
    some = [] if number == rows()[0] else of_owners(project)
    assert "passed" in check(project, *some)
