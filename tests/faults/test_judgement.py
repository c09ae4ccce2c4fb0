"""What faults are judged by: which answers have a flaw, what is told, and what can be planted."""

import json
from pathlib import Path

import pytest

from benchmarks.documents import POOLING, replace_block
from tests.faults.measured import FIGURES, origin, publish, tell
from tests.faults.outcomes import Outcome, flaw_of, percentile
from tests.faults.plantings import USUAL, plant
from tests.rendering.renders import Renderer

PROBLEM = {"content-type": "application/problem+json", "retry-after": "1"}
ALL = [
    {"database_driver": driver, "pooling_mode": mode}
    for driver, modes in {
        "asyncpg": ("queue", "pgbouncer", "null", "asyncpg"),
        "aiosqlite": ("queue", "null"),
    }.items()
    for mode in modes
]


@pytest.mark.parametrize(
    ("status", "headers", "flaw"),
    [
        (201, {}, ""),
        (503, PROBLEM, ""),
        (409, PROBLEM, ""),
        (500, PROBLEM, "500"),
        (503, {"content-type": "application/problem+json"}, "503 without Retry-After"),
        (503, {"content-type": "text/plain"}, "503 that is no problem"),
    ],
)
def test_an_answer_is_a_success_or_a_documented_problem(
    status: int, headers: dict[str, str], flaw: str
) -> None:
    assert flaw_of(status, headers, json.dumps({"status": status}).encode()) == flaw


def test_a_request_without_an_answer_has_not_succeeded() -> None:
    assert not Outcome("key", 0.0, 1.0).succeeded
    assert Outcome("key", 0.0, 1.0, 201).succeeded
    assert not Outcome("key", 0.0, 1.0, 503).succeeded


def test_a_percentile_is_a_latency_that_was_seen() -> None:
    outcomes = [Outcome("", 0.0, float(number)) for number in range(1, 101)]
    assert percentile(outcomes, 0.99) == 100
    assert percentile(outcomes, 0.5) == 51


def test_what_was_measured_replaces_what_was_measured_before(tmp_path: Path) -> None:
    figures, page = tmp_path / "faults.json", tmp_path / "page.md"
    page.write_text("Before.\n<!-- faults:begin -->\n<!-- faults:end -->\nAfter.\n")

    for failed in (70, 80):
        publish([{"fault": "commit", "mode": "null", "failed": failed}], figures, page)

    (kept,) = json.loads(figures.read_text())["faults"]
    assert kept["failed"] == 80
    assert "80 of 80 told" in page.read_text()
    assert page.read_text().endswith("After.\n")


def test_the_page_tells_what_was_measured() -> None:
    record = json.loads(FIGURES.read_text())
    page = POOLING.read_text()
    assert replace_block(page, "faults", f"{tell(record['faults'])}\n\n{origin(record)}") == page


@pytest.mark.parametrize("name", USUAL)
def test_every_usual_configuration_can_be_planted(
    name: str, renderer: Renderer, tmp_path: Path
) -> None:
    planted = 0
    for number, answers in enumerate(ALL):
        project = renderer.copy(tmp_path / str(number), auth="none", **answers).folder
        try:
            plant(name, project)
        except (AssertionError, FileNotFoundError):
            continue
        planted += 1
    assert planted
