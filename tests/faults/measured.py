"""What the faults measured: told at the end of a run, and written into the documentation."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from benchmarks.documents import POOLING, REFERENCE, table, write_block
from tests.faults.stage import MODES

FIGURES = REFERENCE / "faults.json"
Measured = Callable[..., None]
"""Takes the fault, the mode and the numbers."""

Numbers = Mapping[str, Any]

FAULTS = {
    "restart": (
        "PostgreSQL is killed, and starts again after some seconds",
        "{refused:,} of {answered:,} refused; not ready {unready:.1f} s after it; serves"
        " {back:.1f} s after the start, refuses nobody after {last:.1f} s",
    ),
    "frozen": (
        "PostgreSQL hangs for 6 s",
        "{refused:,} of {answered:,} refused, each within {slowest:.1f} s",
    ),
    "terminated": (
        "every session is ended, three times",
        "{refused:,} of {answered:,} refused, for {ended} sessions",
    ),
    "commit": ("the commit fails", "{failed} of {failed} told"),
    "exhausted by creations": (
        "30 slow writes, and connections for 4",
        "{served} served, {refused} refused, each within {slowest:.1f} s",
    ),
    "exhausted by reads": (
        "30 slow reads, and connections for 4",
        "{served} served, {refused} refused, each within {slowest:.1f} s",
    ),
    "abandoned": (
        "clients hang up, requests run out of time",
        "{left:,} of {requests:,} hung up, {late} late: no connection missing",
    ),
    "sigterm": (
        "SIGTERM under load",
        "{served} of {served} in flight served; ended {seconds:.1f} s after the last",
    ),
    "behind": (
        "64 clients of two processes behind PgBouncer",
        "{requests:,} requests: no error, nothing astray",
    ),
    "driver-defaults": (
        "the same with the driver's defaults",
        "of {requests:,} requests {errors} failed, {wrong} ran another's statement",
    ),
    "migrations": ("two processes migrate at once", "{rounds} of {rounds} times both end well"),
    "writers": (
        "16 writers in two processes",
        "{writes:,} writes, none refused; the slowest took {slowest:.1f} s",
    ),
    "killed": ("killed while it writes", "{acknowledged:,} acknowledged, all there"),
    "full": ("the disk is full", "{refused:,} refused; goes on when there is room"),
}
"""How each is called, and what is told of it."""

OF_SQLITE = ("sqlite queue", "sqlite null")


@pytest.fixture
def measured(record_property: Callable[[str, Any], None]) -> Measured:
    def record(fault: str, mode: str, **numbers: float) -> None:
        record_property("measured", {"fault": fault, "mode": mode, **numbers})

    return record


def rows(found: Iterable[Numbers], modes: Iterable[str]) -> list[list[str]]:
    """A line for each fault that was measured in any of the modes."""
    cells = {(numbers["fault"], numbers["mode"]): numbers for numbers in found}
    lines = []
    for fault, (title, told) in FAULTS.items():
        seen = [cells.get((fault, mode)) for mode in modes]
        if any(seen):
            lines.append([title, *(told.format(**numbers) if numbers else "" for numbers in seen)])
    return lines


def tell(found: list[Numbers]) -> str:
    """Both tables, in Markdown."""
    postgres = table(["PostgreSQL", *MODES], rows(found, MODES))
    sqlite = table(
        ["SQLite", *(mode.removeprefix("sqlite ") for mode in OF_SQLITE)], rows(found, OF_SQLITE)
    )
    return f"{postgres}\n\n{sqlite}"


def publish(found: list[Numbers], figures: Path = FIGURES, page: Path = POOLING) -> None:
    """Replaces what was measured before by what was measured now, and writes the page anew."""
    kept = json.loads(figures.read_text())["faults"] if figures.exists() else []
    now = {(numbers["fault"], numbers["mode"]): numbers for numbers in [*kept, *found]}
    ordered = [now[key] for key in sorted(now)]
    record = {
        "date": datetime.now(UTC).date().isoformat(),
        "cores": os.cpu_count(),
        "faults": ordered,
    }
    figures.write_text(json.dumps(record, indent=2, sort_keys=True) + "\n")
    write_block(page, "faults", f"{tell(ordered)}\n\n{origin(record)}")


def origin(record: Numbers) -> str:
    return f"Measured on {record['date']}, on {record['cores']} cores."


class Report:
    """A plugin: collects what tests measured, in whichever process they ran."""

    def __init__(self, reporter: pytest.TerminalReporter, is_to_be_written: bool) -> None:
        self._reporter = reporter
        self._is_to_be_written = is_to_be_written
        self._found: list[Numbers] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            properties = report.user_properties
            self._found += [value for name, value in properties if name == "measured"]  # type: ignore[misc]

    def pytest_terminal_summary(self) -> None:
        if not self._found:
            return
        self._reporter.section("what the faults did")
        self._reporter.write_line(tell(self._found))
        if self._is_to_be_written:
            publish(self._found)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write", action="store_true", help="write what faults measured into the documentation"
    )
    parser.addoption("--planted", help="a usual configuration, put into what faults happen to")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):  # not in the processes that share the work
        config.pluginmanager.register(Report(reporter, config.getoption("write")))
