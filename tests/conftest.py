"""Fixtures: renders of the working tree, and environments to run them in."""

import os
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.environments.installing import LOWEST, Environment, install_union, interpreter
from tests.rendering.renders import Renderer

# What this machine sets must not decide what renders look like, nor whether their suites pass.
FOREIGN = (
    "APP_",
    "COPIER_",
    "GIT_",
    "TEST_",
    "UV_PROJECT_ENVIRONMENT",
    "VIRTUAL_ENV",
    "PYTHONPATH",
    "PYTEST_ADDOPTS",
)

GIT = """[safe]
directory = *
[core]
compression = 0
[gc]
auto = 0
[maintenance]
auto = false
[init]
templateDir =
"""
"""Git's settings: those of a person may change how conflicts are marked."""


pytest.register_assert_rewrite("tests.servers.journey")
pytest_plugins = ["tests.faults.measured", "tests.rows.progress"]


def pytest_addoption(parser: pytest.Parser) -> None:
    rows = "variants to run: pairs (the default), all, or numbers, as in --rows '3 17'"
    parser.addoption("--rows", default="pairs", help=rows)


@pytest.hookimpl(wrapper=True, optionalhook=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as there are cores: a third of a test's time is spent on waiting."""
    cores = yield
    return cores if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + (cores + 1) // 2


@pytest.fixture(scope="session", autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(FOREIGN)]:
            patch.delenv(name)
        # Copier's settings file holds defaults of the person who runs this.
        settings = tmp_path_factory.mktemp("settings")
        (settings / "settings.yml").write_text("defaults: {}\n")
        patch.setenv("COPIER_SETTINGS_PATH", str(settings / "settings.yml"))
        (settings / "gitconfig").write_text(GIT)
        patch.setenv("GIT_CONFIG_GLOBAL", str(settings / "gitconfig"))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        # Without byte code, every process compiles its libraries anew.
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        yield


@pytest.fixture(scope="session")
def renderer(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    base: Path = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Renderer(shared / "renderer")


@pytest.fixture(scope="session")
def environment() -> Environment:
    """Everything that any variant needs, for the oldest Python."""
    return install_union(interpreter(LOWEST))
