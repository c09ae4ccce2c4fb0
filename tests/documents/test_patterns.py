"""The table of patterns names files and tests that exist, and every pattern that is promised."""

import re
from pathlib import Path

import pytest

from tests.mutations.listed import CHECKS
from tests.rendering.renders import ROOT, Renderer
from tests.variants.numbered import PAIRWISE, VARIANTS

PROMISED = [
    "AS1",
    "AS2",
    "AS3",
    "AS4",
    "AS5",
    "AS6",
    "AS7",
    "FA1",
    "FA2",
    "FA3",
    "FA4",
    "FA5",
    "FA6",
    "FA7",
    "FA8",
    "FA9",
    "FA10",
    "FA11",
    "FA12",
    "SA1",
    "SA2",
    "SA3",
    "SA4",
    "SA5",
    "SA6",
    "SA7",
    "SA8",
    "SA9",
    "SA10",
    "SA11",
    "PO1",
    "PO2",
    "PO3",
    "PO4",
    "PO5",
    "PO6",
    "PO7",
    "PO8",
    "PO9",
    "PO10",
    "PO11",
    "TR1",
    "TR2",
    "TR3",
    "TO1",
    "TO2",
    "TO3",
    "TO4",
    "TO5",
    "TO6",
    "TO7",
    "TO8",
]
TABLE = (ROOT / "docs" / "reference" / "patterns.md").read_text()
ROWS = re.findall(r"^\| ([A-Z]{2}\d+) \| .+ \| (.+) \| (.+) \|$", TABLE, re.MULTILINE)


def test_every_pattern_is_in_the_table_once() -> None:
    assert [name for name, *_ in ROWS] == PROMISED


def test_what_is_proven_names_its_proof_and_what_is_not_says_so() -> None:
    for name, implemented, proven in ROWS:
        names_both = "`" in implemented and "`" in proven
        assert names_both or implemented == proven == "not yet", name


@pytest.fixture(scope="module")
def projects(renderer: Renderer) -> list[Path]:
    return [renderer.render(**VARIANTS[number]).folder for number in PAIRWISE]


@pytest.mark.parametrize("name", PROMISED)
def test_what_a_row_names_exists(projects: list[Path], name: str) -> None:
    (implemented, proven) = next(row[1:] for row in ROWS if row[0] == name)
    for reference in set(re.findall(r"`([^`]+)`", f"{implemented} {proven}")) - set(CHECKS):
        place, _, function = reference.removeprefix("template:").partition("::")
        folders = [ROOT] if reference.startswith("template:") else projects
        sources = [folder / place for folder in folders if (folder / place).exists()]
        assert sources, f"{place} is in no variant"
        assert all(f"def {function}(" in source.read_text() for source in sources if function)
