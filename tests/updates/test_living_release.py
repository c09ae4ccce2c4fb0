"""A service that somebody has worked on since the first release, or since the last one, passes its
own checks after an update, too."""

from pathlib import Path

import pytest

from tests.updates import edits
from tests.updates.history import known_releases, real_history
from tests.updates.living import commit, start_project

pytestmark = pytest.mark.slow

MODEL = '''"""The table of invoices."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base


class Invoice(Base):
    __tablename__ = "invoices"

    number: Mapped[str] = mapped_column(String(20))
'''


RELEASES = known_releases()


@pytest.mark.parametrize("release", dict.fromkeys((RELEASES[0], RELEASES[-1])))
def test_an_edited_service_passes_its_checks_after_an_update(release: str, tmp_path: Path) -> None:
    history = real_history(tmp_path / "history")
    project = start_project(history.folder, tmp_path / "service", release)
    for edit in (edit for edit in edits.EDITS if edit is not edits.add_migration):
        edit(project.folder)
    project.path("src/app/db/models/invoice.py").write_text(MODEL)
    project.must('uv sync && uv run just migrate "add invoices"')
    commit(project.folder)

    project.must(f"uvx copier update --quiet --defaults --vcs-ref {history.candidate}")

    assert project.recorded()["_commit"] == history.candidate
    assert project.git("diff", "--name-only", "--diff-filter=U") == ""
    assert "passed" in project.must("uv sync && uv run just check")
    project.must("uv run just upgrade")  # the database that has run the own migration
