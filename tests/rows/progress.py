"""What the terminal tells: each variant that ended, what a failure was about, where time went."""

from collections import defaultdict
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.variants.numbered import description

ROWS = "tests/rows/test_rows.py::"


class Progress:
    """A plugin: a line for each variant that has ended, and sums for rooms and files of tests."""

    def __init__(self, reporter: pytest.TerminalReporter) -> None:
        self._reporter = reporter
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid.partition("::")[0]] += report.duration
        if report.nodeid.startswith(ROWS) and report.when == "call":
            number = report.nodeid.rpartition("[")[2].removesuffix("]")
            steps: dict[str, Any] = dict(report.user_properties)
            self._reporter.ensure_newline()
            self._reporter.write_line(
                f"variant {number} {report.outcome} in {report.duration:.0f} s"
                f" ({steps.get('seconds', 'no step')}) {description(number)}",
                red=report.failed,
            )

    def pytest_terminal_summary(self) -> None:
        rooms: defaultdict[str, float] = defaultdict(float)
        for file, seconds in self._seconds.items():
            rooms[str(Path(file).parent)] += seconds
        for what, spent, most in (("room", rooms, None), ("file", self._seconds, 12)):
            self._reporter.section(f"seconds of each {what}, all cores together")
            longest = sorted(spent.items(), key=lambda item: -item[1])
            for name, seconds in longest[:most]:
                self._reporter.write_line(f"{seconds:7.1f} s  {name}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    reporter = config.pluginmanager.getplugin("terminalreporter")
    if reporter and not hasattr(config, "workerinput"):  # not in the processes that share the work
        config.pluginmanager.register(Progress(reporter))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Says beside a failure which variant it is about, for numbers tell nobody anything."""
    report = yield
    number = item.callspec.params.get("number") if hasattr(item, "callspec") else None
    if report.failed and isinstance(number, str):
        again = f"{description(number)}\nAlone: uv run just variant {number}"
        report.sections.append((f"Variant {number}", again))
    return report
