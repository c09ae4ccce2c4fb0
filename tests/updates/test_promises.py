"""The update tests are tested: they notice what would break projects that are in use."""

from pathlib import Path

import pytest

from tests.updates.edits import edit
from tests.updates.history import Change
from tests.updates.inventing import ALERTS, DECISION, FIRST, GENERATION, RENAME, answered, invent
from tests.updates.planting import append, ask_for, no_longer, rename, show, together

BREAKING: dict[str, tuple[Change, str]] = {
    "a file is renamed": (
        rename(f"template/{DECISION}", "template/docs/decisions/0001-commit-first.md"),
        f"{DECISION} is gone: paths are public",
    ),
    "a preset takes no heed of the generation": (
        together(ask_for(GENERATION.replace(" and generation >= 2", "")), ALERTS),
        "alerts became ['mail'], but [] changes less of the project",
    ),
    "a new question changes what was there": (
        together(
            ask_for("style:\n  type: str\n  choices: [plain, fancy]\n  default: fancy\n"),
            append("template/README.md.jinja", "{{ '\nFancy!\n' if style == 'fancy' }}"),
        ),
        "style became 'fancy', but 'plain' changes less of the project",
    ),
    "the name of the folder is told": (
        append("template/README.md.jinja", "{{ _folder_name }}\n"),
        "README.md is not what the new version renders, with the edits",
    ),
    "chance decides": (
        append("template/README.md.jinja", "{{ range(90000) | random }}\n"),
        "README.md is not what the new version renders, with the edits",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_the_update_tests_notice(tmp_path: Path, name: str) -> None:
    """Each is in the newer version, and the project of the older one is full."""
    change, told = BREAKING[name]
    history = invent(tmp_path, ask_for(FIRST), change)
    _, broken = answered(history, tmp_path, edit, preset="full")
    assert told in broken


@pytest.mark.slow
def test_the_update_tests_notice_an_answer_that_gets_lost(tmp_path: Path) -> None:
    before, after = RENAME
    forgetting = after.replace("{{ broker if broker is defined else 'valkey' }}", "valkey")
    history = invent(tmp_path, show(before), together(no_longer(before), show(forgetting)))
    _, broken = answered(history, tmp_path, broker="redis")
    assert "broker was answered, and nothing reads the answer any more" in broken
