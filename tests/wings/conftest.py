"""Fixtures: projects to write in, and their own checks."""

import shlex
import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.servers.commands import run, steps_of

Checked = Callable[[Path], str]


@pytest.fixture
def project(renderer: Renderer, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A render with the answers that the test gives as parameters."""
    return renderer.copy(tmp_path / "project", **request.param).folder


@pytest.fixture
def check(environment: Environment, tmp_path: Path) -> Generator[Checked]:
    """Runs the steps of a project's own `just check`, and returns what they said."""

    def take(folder: Path) -> str:
        said = []
        variables = environment.variables() | environment.cache_of_types()
        for command in steps_of(folder, "check"):
            program, *arguments = shlex.split(command)
            if program == "pytest":
                arguments += ["-n", "0"]  # projects run beside each other already
            status, output = run([environment.program(program), *arguments], folder, variables)
            assert status == 0, f"{command}\n{output}"
            said.append(output)
        return "\n".join(said)

    yield take
    shutil.rmtree(tmp_path, ignore_errors=True)
