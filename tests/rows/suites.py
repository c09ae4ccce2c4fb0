"""Proves a variant: the steps of its own `just check-all` or `check`, then the served process."""

import os
import shlex
import shutil
import time
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.environments.installing import Environment
from tests.rendering.renders import Render
from tests.servers.commands import run, steps_of
from tests.servers.given import POSTGRES, database_anew
from tests.servers.journey import serve
from tests.variants.numbered import VARIANTS_FOLDER, description


@dataclass(frozen=True)
class Step:
    command: str
    status: int
    seconds: float
    output: str


@dataclass(frozen=True)
class Report:
    number: str
    folder: Path
    recipe: str
    steps: list[Step] = field(default_factory=list)

    @property
    def failed(self) -> list[Step]:
        return [step for step in self.steps if step.status]

    def __str__(self) -> str:
        return "\n".join(
            [
                f"variant {self.number}, {description(self.number)}",
                f"failed: {', '.join(step.command for step in self.failed)} ({self.seconds()})",
                *(f"\n$ {s.command}  [exit code {s.status}]\n{s.output}" for s in self.failed),
                f"The project is in {self.folder}. Again: uv run just variant {self.number}",
            ]
        )

    def seconds(self) -> str:
        steps = [f"{step.command.split()[0]} {step.seconds:.1f} s" for step in self.steps]
        return f"{self.recipe}: {', '.join(steps)}"


def prove(number: str, render: Render, environment: Environment, recipe: str) -> Report:
    """Take every step, also after one that failed, on a copy that stays for inspection."""
    folder = VARIANTS_FOLDER / number
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(render.folder, folder, symlinks=True)
    report = Report(number, folder, recipe)
    settings = _given_database(render, f"variant_{number}_test")
    variables = environment.variables() | environment.cache_of_types() | settings
    for command in steps_of(folder, recipe):
        report.steps.append(_take(command, folder, environment, variables))
    report.steps.append(_serve(replace(render, folder=folder), environment))
    return report


def _take(command: str, folder: Path, environment: Environment, variables: dict[str, str]) -> Step:
    program, *arguments = shlex.split(command)
    if program == "pytest":
        # Rows run beside each other already: one process each.
        arguments = [*arguments, "-n", "0", "-p", "depguard"]
    begin = time.monotonic()
    status, output = run([environment.program(program), *arguments], folder, variables)
    return Step(command, status, time.monotonic() - begin, output)


def _serve(render: Render, environment: Environment) -> Step:
    begin, error = time.monotonic(), ""
    try:
        serve(render, environment)
    except Exception:
        error = traceback.format_exc()
    return Step("serve", int(bool(error)), time.monotonic() - begin, error)


def _given_database(render: Render, name: str) -> dict[str, str]:
    """For the suite: a new database on the server that was given, if one was and it needs one."""
    server = os.environ.get(POSTGRES)
    if not server or render.context["database_driver"] == "aiosqlite":
        return {}
    return {"TEST_DATABASE_URL": database_anew(server, name)}
