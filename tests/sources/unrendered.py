"""Trees of the template's sources under the names that renders give them, their text as it is."""

import re
import shutil
from pathlib import Path
from typing import Any

from tests.questionnaire.answering import choices
from tests.rendering.renders import Answers, Renderer, environment
from tests.variants.numbered import MIDDLEWARE

# All that any condition in the name of a Python file asks about: both drivers, every way to pool,
# both servers.
TREES: dict[str, dict[str, Any]] = {
    f"{driver}-{mode}": {
        "database_driver": driver,
        "pooling_mode": mode,
        "middleware": MIDDLEWARE,
        "auth": "jwt",
        "read_replica": driver == "asyncpg",
        "capabilities": choices("capabilities"),
        "server": "granian" if mode == "null" else "uvicorn",
    }
    for driver, modes in {
        "aiosqlite": ("queue", "null"),
        "asyncpg": ("queue", "pgbouncer", "null", "asyncpg"),
    }.items()
    for mode in modes
}
TYPED = tuple(TREES)
# What only a service has that lets everybody in. Blocks of the others are in this tree's files too,
# and name modules that it doesn't have; the types of its own are checked in renders.
TREES["open"] = {"auth": "none", "middleware": MIDDLEWARE}
# What only projects have that were made by an older version, or sign in since later.
TREES["older"] = {"generation": 2, "layout": 2}
TREES["later"] = {"auth": "jwt", "began_with_accounts": False}
LIST_OF_PARTS = "# {% for part in parts "
EXPRESSION = re.compile(r"\{\{.*?\}\}")


def make_tree(folder: Path, renderer: Renderer, answers: Answers) -> list[Path]:
    """Copy the Python sources that a render with these answers would have, and tell which.

    What isn't Python is rendered, above all the configuration of the tools. So are the files that
    import what was chosen by a loop over the parts: no line of Python says that.
    """
    render = renderer.render(**answers)
    shutil.copytree(render.folder, folder, ignore=shutil.ignore_patterns("*.py"))
    taken = []
    for source in python_sources(renderer):
        names = [environment().from_string(part).render(render.context) for part in source.parts]
        target = folder.joinpath(*names[:-1], names[-1].removesuffix(".jinja"))
        if all(names) and target.suffix == ".py":  # else a condition isn't fulfilled
            target.parent.mkdir(parents=True, exist_ok=True)
            original = renderer.template / "template" / source
            is_list = LIST_OF_PARTS in original.read_text()
            rendered = render.folder / target.relative_to(folder)
            shutil.copy2(rendered if is_list else original, target)
            taken.append(source)
    return taken


def python_sources(renderer: Renderer) -> list[Path]:
    root = renderer.template / "template"
    paths = [path for path in sorted(root.rglob("*.py*")) if path.suffix != ".mako"]
    return [path.relative_to(root) for path in paths if path.is_file()]


def settled_by_rendering(folder: Path, path: str, line: int) -> bool:
    """Whether a line holds an expression, which has no meaning yet."""
    return bool(EXPRESSION.search((folder / path).read_text().splitlines()[line - 1]))
