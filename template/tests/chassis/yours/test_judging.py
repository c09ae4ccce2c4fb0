"""What is tried depends neither on chance nor on what else is imported."""

import importlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from . import judging

TELLING = "NAMES = [" + ", ".join(f"'telling {number}'" for number in range(50)) + "]"


def tried() -> list[str]:
    found: list[str] = []

    @settings(max_examples=500, derandomize=True, database=None, deadline=None)
    @given(st.text())
    def note(text: str) -> None:
        found.append(text)

    note()
    return found


def test_the_source_of_what_is_imported_changes_no_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert judging.PHASES  # it is what keeps Hypothesis from reading source
    before = tried()
    (tmp_path / "telling_module_of_an_owner.py").write_text(TELLING)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("telling_module_of_an_owner")

    assert tried() == before
