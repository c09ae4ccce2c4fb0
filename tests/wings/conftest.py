"""Fixtures: projects to write in, and their own checks."""

import shutil
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.wings import adding

Checked = Callable[..., str]


@pytest.fixture
def project(renderer: Renderer, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A render with the answers that the test gives as parameters."""
    return renderer.copy(tmp_path / "project", **request.param).folder


@pytest.fixture
def check(environment: Environment, tmp_path: Path) -> Generator[Checked]:
    """Takes the folder of a project, which is removed afterwards, and which tests to run."""
    yield lambda folder, *tests: adding.check(folder, environment, *tests)
    shutil.rmtree(tmp_path, ignore_errors=True)
