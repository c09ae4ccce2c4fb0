"""`just update` brings changes of the stencil into each resource, beside edits."""

from pathlib import Path

import pytest

from tests.rendering.renders import Renderer
from tests.resources.commands import INVOICE, Project
from tests.updates.living import replace

pytestmark = pytest.mark.slow

SERVICE = "src/app/services/invoices.py"
UPDATE = """
import sys
from pathlib import Path

from scripts.applying import apply
from scripts.merging import merge, prepare
from scripts.rendering import add_resources

old, new = map(Path, sys.argv[1:])
add_resources(old)
add_resources(new)
plan = prepare(old, new, Path())
merged = merge(plan)
apply(merged, plan.moves, Path())
print(*merged.conflicts())
"""
"""What `just update` does between the renders and the report."""


@pytest.fixture
def newer(tmp_path: Path) -> Renderer:
    """Renders a template whose stencil says some things otherwise."""
    renderer = Renderer(tmp_path / "newer")
    stencil = renderer.template / "template/scripts/resources/stencil"
    replace(stencil / "service.py.mako", '"""What can be done', '"""All that can be done')
    replace(stencil / "routes.py.mako", '"""Remove ${a_one}."""', '"""Remove ${a_one} for good."""')
    replace(stencil / "rules.py.mako", '"""Who may do', '"""Who is let do')
    return renderer


def update(project: Project, old: Path, new: Path) -> str:
    return project.python("-c", UPDATE, str(old), str(new))


def test_a_resource_changes_with_the_template(
    project: Project, renderer: Renderer, newer: Renderer, tmp_path: Path
) -> None:
    project.resources("new", *INVOICE)
    project.edit(
        SERVICE, "async def remove(", "async def mine(self) -> None: ...\n\n    async def remove("
    )
    project.edit("src/app/api/rules/invoices.py", '"""Who may do', '"""Who might do')
    (project.folder / "tests/api/test_invoices.py").unlink()
    project.commit()
    old = renderer.copy(tmp_path / "old", preset="standard").folder
    new = newer.copy(tmp_path / "new", preset="standard").folder

    said = update(project, old, new)

    assert said == "src/app/api/rules/invoices.py\n"
    text = (project.folder / SERVICE).read_text()
    assert "All that can be done with invoices" in text
    assert "async def mine(self)" in text
    assert "Remove an invoice for good." in project.read("src/app/api/routes/invoices.py")
    assert not (project.folder / "tests/api/test_invoices.py").exists()
    changed = {line[3:] for line in project.status().splitlines()}
    assert {path for path in changed if "invoice" in path} == {
        SERVICE,
        "src/app/api/routes/invoices.py",
        "src/app/api/rules/invoices.py",
    }


@pytest.mark.parametrize("project", [{"preset": "minimal"}], indirect=True)
def test_rules_come_and_go_with_sign_in(
    project: Project, renderer: Renderer, tmp_path: Path
) -> None:
    project.resources("new", *INVOICE)
    project.commit()
    old = renderer.copy(tmp_path / "old", preset="minimal").folder
    new = renderer.copy(tmp_path / "new", preset="minimal", auth="jwt").folder

    assert update(project, old, new) == "\n"

    for path in ("src/app/api/rules/invoices.py", "tests/rules/invoices.py"):
        assert '"POST /api/v1/invoices"' in project.read(path)
