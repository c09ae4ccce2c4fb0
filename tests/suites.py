"""Runs the steps of a render's own `just check`, two variants at a time."""

import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from threading import current_thread

from tests.installing import VARIANTS_FOLDER, Environment

MOST_SECONDS = 600
"""After these a step counts as hanging."""


@dataclass(frozen=True)
class Step:
    command: str
    status: int
    seconds: float
    output: str


@dataclass(frozen=True)
class Report:
    variant: str
    folder: Path
    steps: list[Step] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return all(step.status == 0 for step in self.steps)

    def __str__(self) -> str:
        failed = [step for step in self.steps if step.status]
        times = ", ".join(f"{step.command.split()[0]} {step.seconds:.1f} s" for step in self.steps)
        return "\n".join(
            [
                f"{self.variant}: {len(failed)} of {len(self.steps)} steps failed ({times})",
                *(
                    f"\n$ {step.command}  [exit code {step.status}]\n{step.output}"
                    for step in failed
                ),
                f"The project is in {self.folder}. Again: uv run just variant {self.variant}",
            ]
        )


def steps_of(folder: Path, recipe: str = "check") -> list[str]:
    """The commands of a recipe of a justfile, without `uv run`: our environment has them all."""
    lines = (folder / "justfile").read_text().partition(f"\n{recipe}:")[2].splitlines()[1:]
    block = lines[: next((n for n, line in enumerate(lines) if not line.startswith(" ")), None)]
    return [line.strip().removeprefix("exec ").removeprefix("uv run ") for line in block]


def run(arguments: Sequence[str], folder: Path, variables: dict[str, str]) -> tuple[int, str]:
    """Exit code and output; what hangs is ended together with all that it has started."""
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=MOST_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return -1, f"{output}\nIt was still running after {MOST_SECONDS} s."
    return process.returncode, output


def check(variant: str, source: Path, environment: Environment) -> Report:
    """Run every step, also after one that failed, on a copy that stays for inspection."""
    folder = VARIANTS_FOLDER / variant
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, folder, symlinks=True)
    report = Report(variant, folder)
    # The type checker's cache holds the libraries; two at a time must not share one.
    cache = VARIANTS_FOLDER / f"mypy-{environment.folder.name}-{current_thread().name}"
    variables = environment.variables() | {"MYPY_CACHE_DIR": str(cache)}
    for command in steps_of(folder):
        program, *arguments = shlex.split(command)
        if program == "pytest":
            arguments += ["-p", "depguard"]
        begin = time.monotonic()
        status, output = run([environment.program(program), *arguments], folder, variables)
        report.steps.append(Step(command, status, time.monotonic() - begin, output))
    return report


class Suites:
    """Checks that run in the background, in the order in which their tests will ask for them."""

    def __init__(self) -> None:
        self._workers = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="worker")
        self._reports: dict[str, Future[Report]] = {}

    def start(self, variant: str, source: Path, environment: Environment) -> None:
        self._reports[variant] = self._workers.submit(check, variant, source, environment)

    def report(self, variant: str) -> Report:
        return self._reports[variant].result()

    def stop(self) -> None:
        """Let what runs come to its end, and don't begin anything more."""
        self._workers.shutdown(cancel_futures=True)
