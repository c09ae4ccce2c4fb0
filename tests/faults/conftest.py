"""Fixtures: each pooling mode with its servers, started once for several faults."""

from collections.abc import Generator

import pytest

from tests.environments.installing import Environment
from tests.faults.plantings import PlantingRenderer
from tests.faults.stage import MODES, Stage, stage
from tests.rendering.renders import Renderer


@pytest.fixture(scope="session")
def renderer(
    renderer: Renderer, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Renderer:
    """The one of all tests, unless a usual configuration is to be planted in its renders."""
    name = request.config.getoption("planted")
    return PlantingRenderer(tmp_path_factory.mktemp("planted"), name) if name else renderer


@pytest.fixture(scope="session", params=MODES, name="stage")
def stage_of_mode(
    request: pytest.FixtureRequest, renderer: Renderer, environment: Environment
) -> Generator[Stage]:
    with stage(renderer, environment, request.param) as ready:
        yield ready
