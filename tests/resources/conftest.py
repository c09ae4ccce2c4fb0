"""Fixtures: projects in git, with a database."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.resources.commands import Project


@pytest.fixture
def project(
    renderer: Renderer, environment: Environment, tmp_path: Path, request: pytest.FixtureRequest
) -> Generator[Project]:
    """A render with the answers that the test gives as parameters, else on SQLite with sign-in."""
    answers = getattr(request, "param", {"preset": "standard"})
    found = Project(renderer.copy(tmp_path / "project", **answers).folder, environment)
    found.begin()
    yield found
    shutil.rmtree(tmp_path, ignore_errors=True)
