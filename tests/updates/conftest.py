"""Fixtures: a template with two versions, and a project of the old one."""

from pathlib import Path

import pytest

from tests.updates.living import BRIEF, Project, start_project, template_with_versions


@pytest.fixture(scope="session")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, with an old and a new version."""
    return template_with_versions(tmp_path_factory.mktemp("versions") / "template")


@pytest.fixture(scope="session")
def started(versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project of the old version, which takes its time: `living` lends it to each test."""
    project = start_project(
        versions, tmp_path_factory.mktemp("living") / "service", preset="minimal"
    )
    return Project(project.folder, BRIEF)


@pytest.fixture
def living(started: Project) -> Project:
    started.git("reset", "--quiet", "--hard")
    started.git("clean", "--quiet", "-fd")
    started.git("checkout", "--quiet", "--detach", "main")
    return started
