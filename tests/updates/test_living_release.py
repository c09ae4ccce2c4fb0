"""A service that somebody has worked on since the first release, or since the last one, passes its
own checks after an update, too."""

import re
from pathlib import Path

import pytest

from tests.rendering.renders import ROOT
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

WORDS = "GET /api/v1/posts/{post_id}/words"
RULES = f'''"""Who may count words."""

from ...chassis.http.guard import Rules
from ..callers import users

RULES: Rules = {{"{WORDS}": users}}
'''
MAY = f'''"""Who may count words."""

from ..chassis.yours.callers import USERS, Lines

MAY: Lines = {{"{WORDS}": USERS}}
'''


RELEASES = known_releases()


def arrival(template: Path) -> str:
    """The command that `CHANGELOG.md` gives to projects that are older than 0.3.0, with a checkout
    in place of the one that it clones."""
    of_0_3_0 = (ROOT / "CHANGELOG.md").read_text().partition("\n## 0.3.0")[2]
    clone, update = re.findall(r"^  ```sh\n  (.*)\n  (.*)\n", of_0_3_0, re.MULTILINE)[0]
    assert clone.startswith("git clone ")
    command: str = update.replace(clone.split()[-1], str(template))
    return command


@pytest.mark.parametrize("release", dict.fromkeys((RELEASES[0], RELEASES[-1])))
def test_an_edited_service_passes_its_checks_after_an_update(release: str, tmp_path: Path) -> None:
    history = real_history(tmp_path / "history")
    project = start_project(history.folder, tmp_path / "service", release)
    for edit in (edit for edit in edits.EDITS if edit is not edits.add_migration):
        edit(project.folder)
    project.path("src/app/db/models/invoice.py").write_text(MODEL)
    project.must('uv sync && uv run just migrate "add invoices"')
    commit(project.folder)

    refused = project.run(f"uvx copier update --quiet --defaults --vcs-ref {history.candidate}")
    assert refused.status != 0
    assert "with the command in its CHANGELOG.md" in refused.output
    assert project.git("status", "--porcelain") == ""
    updated = project.run(f"{arrival(history.folder)} --defaults --vcs-ref {history.candidate}")

    assert project.recorded()["_commit"] == history.candidate
    assert project.git("diff", "--name-only", "--diff-filter=U") == ""
    assert f'"{WORDS}": users' in updated.output
    project.path("src/app/api/rules/words.py").write_text(RULES)
    project.path("tests/rules/words.py").write_text(MAY)
    assert "passed" in project.must("uv sync && uv run just check")
    project.must("uv run just upgrade")  # the database that has run the own migration
