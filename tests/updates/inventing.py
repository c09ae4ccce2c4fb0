"""Versions that there never were: the working tree, and the same with a change.

There are few real releases. So what none of them did is tried on these.
"""

import shutil
from pathlib import Path
from typing import Any

from tests.rendering.renders import copy_of_template
from tests.updates.edits import nothing
from tests.updates.history import Change, History, git, invented_history
from tests.updates.planting import BLOCK, ask_for, examples, together, write
from tests.updates.promises import broken_promises, update
from tests.updates.updating import Project

OLD, NEW = "v1.0.0", "v2.0.0"
DECISION = "docs/decisions/0001-commit-before-response.md"
RENAME, CONVERT, RETIRE = (
    examples(heading) for heading in ("Rename a question", "Convert an answer", "Retire a choice")
)
(GENERATION,) = examples("Ask something new")
FIRST = BLOCK.findall(GENERATION)[0].replace("2", "1")
"""The generation that came before the one in the example."""
ALERTS = together(
    write("template/{{ 'mail.txt' if 'mail' in alerts }}", "mail\n"),
    write("template/{{ 'chat.txt' if 'chat' in alerts }}", "chat\n"),
)


def as_it_is(template: Path) -> None:
    """The working tree again, after an older version."""
    git(template, "rm", "-r", "--quiet", ".")
    now = copy_of_template(template.with_name("now"))
    shutil.copytree(now, template, dirs_exist_ok=True)


def invent(folder: Path, older: Change = nothing, newer: Change = nothing) -> History:
    """Every project has today's layout, whatever its generation: there was no other."""
    was_there = ask_for("layout:\n  type: int\n  default: 2\n  ask: false\n")
    history = invented_history(folder / "template", together(was_there, older))
    return history.release("2.0.0", together(newer, was_there))


def answered(
    history: History, folder: Path, change: Change = nothing, **answers: Any
) -> tuple[Project, list[str]]:
    """A project of the older version, updated, and the promises that this broke."""
    made = update(history, OLD, answers, change, folder)
    return made.project, broken_promises(made)
