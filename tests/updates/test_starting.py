"""docs/how-to/start-in-a-repository.md: a repository that its host has made becomes a project."""

import re
from pathlib import Path

import pytest

from tests.rendering.renders import ROOT
from tests.updates.history import git
from tests.updates.living import OLD, Project, commit

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "how-to" / "start-in-a-repository.md").read_text()
ASKING, SILENT, BACK, _ = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
HOSTED = {"README.md": "# order-desk\n", ".gitignore": "*.log\n", "LICENSE": "Ask Ada.\n"}


@pytest.fixture
def hosted(tmp_path: Path) -> Project:
    folder = tmp_path / "order-desk"
    folder.mkdir()
    for name, text in HOSTED.items():
        (folder / name).write_text(text)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return Project(folder)


def here(command: str, template: Path) -> str:
    """From our template."""
    assert "gh:ORG/copier-fastapi" in command
    return command.replace("gh:ORG/copier-fastapi", f"--vcs-ref {OLD} {template}").strip()


@pytest.mark.parametrize("asks", [True, False], ids=["with a terminal", "without"])
def test_a_repository_that_has_files_becomes_a_project(
    hosted: Project, versions: Path, asks: bool
) -> None:
    if asks:
        done = hosted.at_terminal(here(ASKING, versions))
        assert done.status == 0, done.output
        assert "What is the service called?" in done.output
    else:
        hosted.must(here(SILENT, versions))

    assert hosted.path("README.md").read_text().startswith("# My Service\n")
    assert hosted.recorded()["_commit"] == OLD
    changed = hosted.git("diff", "--name-only").splitlines()
    assert sorted(changed) == sorted(HOSTED)
    hosted.must(BACK)
    assert hosted.path("README.md").read_text() == HOSTED["README.md"]
