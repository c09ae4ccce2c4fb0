"""Every command of docs/how-to/update.md does what the page says."""

import re
from collections.abc import Callable, Iterator

import pytest

from tests.rendering.renders import ROOT
from tests.updates.living import NEW, OLD, Project, commit

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "how-to" / "update.md").read_text()
SECTIONS = {
    heading: re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    for heading, text in re.findall(r"^#+ (.+)\n((?:(?!^#).*\n)*)", PAGE, re.MULTILINE)
}
"""The blocks of commands under each heading."""

REWORDED, WORKFLOW = "src/app/chassis/garbage.py", ".github/workflows/ci.yml"
MIGRATIONS = "tests/chassis/yours/test_migrations.py"
QUICK = " --no-check"
"""What is not about the check leaves it out: the page says how."""

Blocks = Iterator[str]


def edit(project: Project, path: str, old: str, new: str) -> None:
    project.edit(path, old, new)
    commit(project.folder)


def prepare(project: Project, blocks: Blocks) -> None:
    project.path("notes.txt").write_text("Mine.\n")
    project.must(next(blocks))
    assert project.git("status", "--porcelain") == ""


def look(project: Project, blocks: Blocks) -> None:
    command = next(blocks).strip()
    assert NEW.removeprefix("v") in project.must(command)
    assert project.run(f"{command} --quiet").status == 2


def bring_in(project: Project, blocks: Blocks) -> None:
    everything, new, nothing, commit_it = blocks
    for command, asked in ((everything, True), (new, False)):
        done = project.at_terminal(command.strip() + QUICK)
        assert done.status == 0, done.output
        assert ("What is the service called?" in done.output) == asked
        assert "How do friends call it?" in done.output
        assert project.recorded()["nickname"] == "Bob"
        project.git("reset", "--quiet", "--hard")
        project.git("clean", "--quiet", "-fd")
    told = project.must(nothing)
    assert "friends" not in told
    assert " passed in " in told
    assert '+"""Newer: ' in project.must(commit_it)
    assert project.git("status", "--porcelain") == ""
    assert project.recorded()["_commit"] == NEW


def switch(project: Project, blocks: Blocks) -> None:
    edit(project, WORKFLOW, "name: CI", "name: Ours")
    stops = project.run(next(blocks))
    assert stops.status == 1
    assert WORKFLOW in stops.output
    assert project.git("status", "--porcelain") == ""
    project.must(next(blocks).strip() + QUICK)
    assert not project.path(".github").exists()
    assert project.path(".gitlab-ci.yml").exists()
    assert project.recorded() | {"ci": "gitlab", "_commit": OLD} == project.recorded()


def resolve(project: Project, blocks: Blocks) -> None:
    edit(project, REWORDED, '"""', '"""Mine: ')
    assert project.run("uv run just update -l").status == 1
    assert "before updating" in project.path(REWORDED).read_text()
    ours, theirs = next(blocks).splitlines()
    for command, start in ((ours, '"""Mine: '), (theirs, '"""Newer: ')):
        project.must(command)
        assert project.path(REWORDED).read_text().startswith(start)
    assert " passed in " in project.must(next(blocks))


def give_up(project: Project, blocks: Blocks) -> None:
    before = project.git("rev-parse", "HEAD^{tree}")
    project.must("uvx copier update -l -d ci=gitlab")
    assert project.path(".gitlab-ci.yml").exists()
    project.must(next(blocks))
    assert project.git("status", "--porcelain") == ""
    project.git("add", "-A")
    assert project.git("write-tree") == before


def recover(project: Project, blocks: Blocks) -> None:
    edit(project, WORKFLOW, "name: CI", "name: Ours")
    project.must("uvx copier update -l -r :current: -d ci=gitlab")
    for command in blocks:
        assert not project.path(WORKFLOW).exists()
        project.must(command)
        assert "name: Ours" in project.path(WORKFLOW).read_text()
        project.path(WORKFLOW).unlink()
        commit(project.folder)


def join(project: Project, blocks: Blocks) -> None:
    project.must("uv run alembic revision -m one")
    project.must("uv run alembic revision -m two --splice --head 0001 && uv run just fix")
    check = f"uv run ruff check && uv run mypy && uv run pytest {MIGRATIONS}"
    refused = project.run(f"uv run pytest {MIGRATIONS}")
    assert refused.status == 1
    assert "join them: uv run alembic merge heads" in refused.output
    project.must(next(blocks))
    assert " passed in " in project.must(check)


def update_with_copier_alone(project: Project, blocks: Blocks) -> None:
    edit(project, "docs/lost.md", "# Lost", "# Found")
    told = project.must(next(blocks))
    assert told.endswith("docs/lost.md\n")
    assert "`uv run just update` names edited ones first" in told
    steps = ["git status", "uv sync", "uv run alembic heads", "uv run just check", "To give up"]
    places = [told.index(step) for step in steps]
    assert places == sorted(places)
    assert project.recorded()["_commit"] == NEW


SCENES: dict[str, Callable[[Project, Blocks], None]] = {
    "Update a project": prepare,
    "Is there a newer version?": look,
    "Bring in the newest version": bring_in,
    "Change an answer": switch,
    "Resolve a conflict": resolve,
    "Give up an update": give_up,
    "Get a deleted file back": recover,
    "Migrations": join,
    "With Copier alone": update_with_copier_alone,
}


@pytest.mark.parametrize("heading", [heading for heading, blocks in SECTIONS.items() if blocks])
def test_the_commands_do_what_the_page_says(living: Project, heading: str) -> None:
    blocks = iter(SECTIONS[heading])

    SCENES[heading](living, blocks)

    assert next(blocks, None) is None, "a command that nobody has tried"
