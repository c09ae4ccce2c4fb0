"""`just update` in a generated project loses nothing silently."""

from pathlib import Path

import pytest

from tests.updates.history import git
from tests.updates.living import BRIEF, NEW, OLD, Project, commit, start_project

pytestmark = pytest.mark.slow

LOST, REWORDED = "docs/lost.md", "src/app/chassis/garbage.py"
SWITCH = "uv run just update -l -r :current:"


def assert_untouched(project: Project) -> None:
    assert project.git("status", "--porcelain") == ""
    assert project.recorded()["_commit"] == OLD


def test_a_dirty_tree_is_refused(living: Project) -> None:
    living.path("notes.txt").write_text("Mine.\n")

    done = living.run("uv run just update -l")

    assert done.status == 1
    assert "?? notes.txt\nCommit or stash this first" in done.output
    assert living.recorded()["_commit"] == OLD
    assert living.git("status", "--porcelain") == "?? notes.txt"


def test_a_folder_outside_of_git_is_refused(versions: Path, tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.must(f"uvx copier copy --quiet --defaults -r {OLD} {versions} .")

    done = project.run("uv run --no-project python -m scripts.update -l")

    assert done.status == 1
    assert "This is no git repository. Git is your way back: git init" in done.output
    assert project.path(LOST).exists()


def test_what_is_dirty_beside_the_project_would_be_lost_on_the_way_back(
    versions: Path, tmp_path: Path
) -> None:
    project = Project(tmp_path / "services" / "shop")
    project.folder.mkdir(parents=True)
    project.must(f"uvx copier copy --quiet --defaults -r {OLD} {versions} .")
    notes = tmp_path / "notes.txt"
    notes.write_text("Theirs.\n")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    notes.write_text("Mine.\n")

    done = project.run("uv run --no-project python -m scripts.update -l")

    assert done.status == 1
    assert " M ../../notes.txt\nCommit or stash this first" in done.output
    assert project.path(LOST).exists()


def test_edited_files_that_would_vanish_are_named_before_anything_happens(
    living: Project,
) -> None:
    living.edit(LOST, "# Lost", "# Found")
    commit(living.folder)

    done = living.run("uv run just update -l")

    assert done.status == 1
    assert f"the update deletes them:\n    {LOST}\nAdd --delete-edited" in done.output
    assert "Nothing was changed." in done.output
    assert_untouched(living)


def test_who_is_asked_and_does_not_agree_keeps_everything(living: Project) -> None:
    living.edit(LOST, "# Lost", "# Found")
    commit(living.folder)

    done = living.at_terminal("uv run just update -l", keys=b"n\r")

    assert done.status == 1
    assert "Delete them? [y/N]" in done.output
    assert_untouched(living)


def test_who_agrees_is_told_how_to_get_the_edits_back(living: Project) -> None:
    living.edit(LOST, "# Lost", "# Found")
    commit(living.folder)

    done = living.at_terminal("uv run just update -l --no-check", keys=b"y\r")

    assert done.status == 0
    assert not living.path(LOST).exists()
    (way_back,) = [line for line in done.output.splitlines() if "Back: " in line]
    commit(living.folder)
    living.must(way_back.partition("Back: ")[2])
    assert living.path(LOST).read_text() == "# Found\n"


def test_an_unedited_file_vanishes_and_edits_elsewhere_stay(living: Project) -> None:
    living.edit("README.md", "## Tasks", "## Our tasks")
    commit(living.folder)

    told = living.must("uv run just update -l --no-check")

    assert f"from {OLD} to {NEW}" in told
    assert not living.path(LOST).exists()
    assert "## Our tasks" in living.path("README.md").read_text()
    assert living.path(REWORDED).read_text().startswith('"""Newer: ')
    assert living.recorded() | {"_commit": NEW, "nickname": "Bob"} == living.recorded()


def test_a_conflict_is_marked_named_and_left_to_you(living: Project) -> None:
    living.edit(REWORDED, '"""', '"""Mine: ')
    commit(living.folder)

    done = living.run("uv run just update -l")

    assert done.status == 1
    assert f"Choose, and delete the marks:\n{REWORDED}\n" in done.output
    assert "<<<<<<< before updating" in living.path(REWORDED).read_text()
    assert living.git("diff", "--name-only", "--diff-filter=U") == REWORDED
    assert "ruff" not in done.output, "it checked what can't be right"


def test_with_the_same_version_and_answers_there_is_nothing_to_do(living: Project) -> None:
    assert "Nothing to do" in living.must(SWITCH)
    assert_untouched(living)


def test_an_answer_that_is_refused_changes_nothing(living: Project) -> None:
    done = living.run(f"{SWITCH} -d pooling_mode=asyncpg")

    assert done.status != 0
    assert "SQLite is not reached through asyncpg" in done.output
    assert "--ask pooling_mode\nNothing was changed.\n" in done.output
    assert "Traceback" not in done.output
    assert_untouched(living)


def test_what_git_ignores_is_not_overwritten(living: Project) -> None:
    living.path(".gitignore").write_text("gained.md\n.venv\n.env\n")
    commit(living.folder)
    mine = living.path("docs/gained.md")
    mine.write_text("Mine.\n")

    done = living.run("uv run just update -l")

    assert done.status == 1
    assert "move them away:\n    docs/gained.md\nNothing was changed.\n" in done.output
    assert mine.read_text() == "Mine.\n"
    assert_untouched(living)
    mine.unlink()


def test_the_result_is_that_of_copier_alone(living: Project) -> None:
    living.edit("README.md", "## Tasks", "## Our tasks")
    commit(living.folder)
    living.must("uvx copier update --quiet --defaults")
    living.git("add", "-A")
    alone = living.git("write-tree")
    living.git("reset", "--quiet", "--hard")

    living.must("uv run just update -l --no-check")

    living.git("add", "-A")
    assert living.git("write-tree") == alone


@pytest.fixture(scope="module")
def with_migration(versions: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project without users who sign in, which has a table of its own."""
    folder = tmp_path_factory.mktemp("project") / "service"
    project = start_project(versions, folder, preset="minimal")
    model = project.path("src/app/db/models/invoice.py")
    model.write_text(
        '"""The table of invoices."""\n\nfrom sqlalchemy import String\n'
        "from sqlalchemy.orm import Mapped, mapped_column\n\nfrom ..base import Base\n\n\n"
        'class Invoice(Base):\n    __tablename__ = "invoices"\n\n'
        "    number: Mapped[str] = mapped_column(String(20))\n"
    )
    project.must('uv run just migrate "add invoices" && uv run just upgrade')
    commit(project.folder)
    return Project(project.folder, BRIEF)


def test_migrations_of_both_sides_are_joined_and_stay(with_migration: Project) -> None:
    project = with_migration

    told = project.must(f"{SWITCH} -d auth=jwt --no-check")

    assert "Updated to other answers." in told
    assert project.must("uv run alembic heads").count("(head)") == 2
    assert "passed" in project.must("uv run just update --finish")  # as after a conflict
    assert len(project.must("uv run alembic heads").splitlines()) == 1
    project.must("uv run just upgrade")  # the database that has the own migration already
    commit(project.folder)

    told = project.must(f"{SWITCH} -d auth=none")

    assert "These stay, because a database may have run them:\n    migrations/versions/0004" in told
    assert "uv run just migrate" in told
    project.must('uv run just migrate "drop what is gone"')
    project.must("uv run just check && uv run just upgrade")
    commit(project.folder)

    told = project.must(f"{SWITCH} -d auth=jwt --no-check")

    assert "a migration of yours dropped what they made:\n    migrations/versions/0004" in told
    assert 'uv run just migrate "make what is back"' in told
