"""How the template may change, for projects that are in use: as `docs/how-to` tells it."""

import tomllib
from pathlib import Path

import pytest
import yaml

from scripts.merging import TABLE
from tests.rendering.renders import Answers
from tests.updates.edits import edit, nothing
from tests.updates.history import Change
from tests.updates.inventing import (
    ALERTS,
    CONVERT,
    DECISION,
    FIRST,
    GENERATION,
    NEW,
    OLD,
    RENAME,
    RETIRE,
    answered,
    as_it_is,
    invent,
)
from tests.updates.planting import (
    append,
    ask_for,
    delete,
    examples,
    first,
    no_longer,
    rename,
    show,
    together,
    write,
)
from tests.updates.updating import edited, fresh, start

SEVERAL = """\
alerts:
  type: str
  multiselect: true
  choices: [mail, chat]
  default: [mail]
"""


def older(line: str) -> str:
    return line.replace('"""', '"""Formerly: ') if '"""' in line else f"{line} (formerly)"


BESIDE_THE_EDITS = together(
    first("template/src/app/api/routes/posts.py", older),
    first("template/src/app/config.py", older),
    first("template/.env.example.jinja", older),
    append("template/pyproject.toml.jinja", "# formerly\n"),
    append("template/README.md.jinja", "\nThere was more.\n"),
    append("template/docs/decisions/0002-errors-are-problems.md", "There was more.\n"),
)
"""The template, too, changed each file that the edits change or delete."""

A_FILE_LESS = delete("template/src/app/chassis/loop_lag.py")
CHANGES = pytest.mark.parametrize("change", [nothing, edit], ids=["pristine", "edited"])


@pytest.mark.slow
@CHANGES
@pytest.mark.parametrize("older", [BESIDE_THE_EDITS, A_FILE_LESS], ids=["lines", "file"])
def test_lines_and_files_come_with_an_update(tmp_path: Path, older: Change, change: Change) -> None:
    history = invent(tmp_path, older, as_it_is)
    before = fresh(history, OLD, {}).files()
    assert before != fresh(history, NEW, {}).files()
    _, broken = answered(history, tmp_path, change)
    assert broken == []


def test_both_versions_of_the_same_line_are_marked(tmp_path: Path) -> None:
    history = invent(tmp_path, first(f"template/{DECISION}", lambda _: "# Formerly"), as_it_is)
    project = start(history, tmp_path / "project", OLD, {})
    project.edit(first(DECISION, lambda _: "# Ours"))
    project.edit(edit)
    project.update(NEW)
    assert project.conflicts() == [DECISION]
    today = fresh(history, NEW, {})
    title, _, rest = (today.folder / DECISION).read_text().partition("\n")
    ours, theirs = "<<<<<<< before updating\n# Ours\n", f"{title}\n>>>>>>> after updating\n"
    assert (project.folder / DECISION).read_text() == f"{ours}=======\n{theirs}{rest}"
    expected = edited(today, tmp_path / "expected", edit).files()
    differing = {path for path, what in project.files().items() if expected.get(path) != what}
    assert differing == {DECISION}


EVOLVED = [
    (RENAME, {}, {"queue_broker": "valkey"}),
    (RENAME, {"broker": "redis"}, {"queue_broker": "redis"}),
    (CONVERT, {}, {"cache": "none"}),
    (CONVERT, {"use_cache": True}, {"cache": "redis"}),
    (RETIRE, {"queue": "arq"}, {"task_queue": "arq"}),
    (RETIRE, {"queue": "celery"}, {"task_queue": "taskiq"}),
]


@pytest.mark.slow
@pytest.mark.parametrize(("example", "answers", "expected"), EVOLVED)
def test_an_answer_gets_another_name_or_form(
    tmp_path: Path, example: list[str], answers: Answers, expected: Answers
) -> None:
    before, after = example
    history = invent(tmp_path, show(before), together(no_longer(before), show(after)))
    project, broken = answered(history, tmp_path, edit, **answers)
    assert broken == []
    recorded = project.recorded()
    assert expected.items() <= recorded.items()
    assert not yaml.safe_load(before).keys() & recorded.keys()
    assert expected.keys() <= fresh(history, NEW, {}).recorded().keys()


@pytest.mark.slow
def test_an_answer_that_is_no_choice_any_more_becomes_the_default(tmp_path: Path) -> None:
    question, _ = RETIRE
    shorter = question.replace(", celery", "")
    history = invent(tmp_path, show(question), ask_for(shorter))
    project, broken = answered(history, tmp_path, queue="celery")
    assert project.recorded()["queue"] == "taskiq"
    assert broken == ["queue was 'celery' and is 'taskiq'"]


@pytest.mark.slow
def test_a_choice_among_several_is_taken_off_the_list(tmp_path: Path) -> None:
    newer = together(
        ask_for(SEVERAL.replace(", chat", "")),
        delete("template/{{ 'chat.txt' if 'chat' in alerts }}"),
    )
    history = invent(tmp_path, together(ask_for(SEVERAL), ALERTS), newer)
    project, broken = answered(history, tmp_path, alerts=["mail", "chat"])
    assert project.recorded()["alerts"] == ["mail"]
    assert "chat.txt is gone: paths are public" in broken
    assert (project.folder / "mail.txt").exists()


@pytest.mark.slow
def test_a_further_choice_comes_to_nobody_who_was_asked_before(tmp_path: Path) -> None:
    shorter = SEVERAL.replace(", chat]", "]")
    longer = SEVERAL.replace("default: [mail]", "default: [mail, chat]")
    history = invent(tmp_path, together(ask_for(shorter), ALERTS), ask_for(longer))
    project, broken = answered(history, tmp_path, edit)
    assert broken == []
    assert project.recorded()["alerts"] == ["mail"]
    assert fresh(history, NEW, {}).recorded()["alerts"] == ["mail", "chat"]


@pytest.mark.slow
def test_a_preset_brings_nothing_to_older_projects(tmp_path: Path) -> None:
    history = invent(tmp_path, ask_for(FIRST), together(ask_for(GENERATION), ALERTS))
    project, broken = answered(history, tmp_path, edit, preset="full")
    assert broken == []
    assert (project.recorded()["generation"], project.recorded()["alerts"]) == (1, [])
    anew = fresh(history, NEW, {"preset": "full"})
    assert (anew.recorded()["generation"], anew.recorded()["alerts"]) == (2, ["mail"])


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "kept"), [(["v3.0.0"], "valkey"), ([NEW, "v3.0.0"], "redis")])
def test_an_old_name_that_is_read_no_more_is_reached_in_steps(
    tmp_path: Path, steps: list[str], kept: str
) -> None:
    before, after = RENAME
    without = after.replace("{{ broker if broker is defined else 'valkey' }}", "valkey")
    history = invent(tmp_path, show(before), together(no_longer(before), show(after)))
    history = history.release("3.0.0", ask_for(without))
    project = start(history, tmp_path / "project", OLD, {"broker": "redis"})
    for step in steps:
        project.update(step)
        project.commit()
    assert project.recorded()["queue_broker"] == kept


@pytest.mark.slow
def test_edits_follow_files_that_moved(tmp_path: Path) -> None:
    """As the page has it: a file with what imports it, and one that was split."""
    (table,) = examples("Move or remove a file")
    assert tomllib.loads(table).keys() == {"paths", "names", "own"}
    old, new = "src/app/chassis/garbage.py", "src/app/chassis/collecting.py"
    newer = together(
        rename(f"template/{old}", f"template/{new}"),
        first(f"template/{new}", lambda _: '"""Today."""'),
        replaced("template/src/app/chassis/lifespan.py", "from .garbage", "from .collecting"),
        replaced(f"template/{TABLE}", "[paths]\n", f'[paths]\n"{old}" = "{new}"\n'),
    )
    history = invent(tmp_path, nothing, newer)
    project = start(history, tmp_path / "project", OLD, {})
    project.edit(append(old, "\nWE_AGREE = True\n"))
    project.edit(
        write("src/app/services/own.py", '"""Ours."""\n\nfrom ..chassis.garbage import gc\n')
    )

    assert project.bring(history, NEW) == []

    text = (project.folder / new).read_text()
    assert text.startswith('"""Today."""\n')
    assert text.endswith("\nWE_AGREE = True\n")
    assert not (project.folder / old).exists()
    own = (project.folder / "src/app/services/own.py").read_text()
    assert own == '"""Ours."""\n\nfrom ..chassis.collecting import gc\n'


def replaced(path: str, old: str, new: str) -> Change:
    def change(template: Path) -> None:
        text = (template / path).read_text()
        assert old in text
        write(path, text.replace(old, new, 1))(template)

    return change
