"""The usual configurations, put in place of what the template does: each fault must show in them.

A few are planted by tests. `--planted NAME` plants one in every render of a run, which has to fail
then, as in `uv run just faults -k "commit and null" --planted request-scope`.
"""

import shutil
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.stage import Stage
from tests.rendering.renders import Render, Renderer

Edit = tuple[str, str, str]
"""A file, what stands in it, and what takes its place."""

USUAL: Mapping[str, Sequence[Edit]] = {
    # FastAPI's default: the session ends after the answer.
    "request-scope": [
        (
            "src/app/chassis/http/deps.py",
            'Depends(get_session, scope="function")',
            "Depends(get_session)",
        ),
    ],
    # Nobody turns errors of the database into answers.
    "no-border": [
        (
            "src/app/chassis/db/errors.py",
            "    try:\n        yield\n    except PoolTimeout as error:",
            "    yield\n    return\n    try:\n        pass\n    except PoolTimeout as error:",
        ),
    ],
    # SQLAlchemy's default: half a minute.
    "long-wait": [
        (
            "src/app/chassis/db/engine.py",
            "pool_timeout=settings.pool_timeout",
            "pool_timeout=30",
        ),
    ],
    # The driver's default: none.
    "no-command-timeout": [
        ("src/app/chassis/db/driver.py", '"command_timeout": self.command_timeout,', ""),
    ],
    # As it was in 0.1.0, in mode `asyncpg`; now in all modes.
    "begin-cut-off": [
        (
            "src/app/chassis/db/plain.py",
            "            lent.invalidate(error)\n            raise\n",
            "            raise\n",
        )
    ],
    # A pool of asyncpg that connects at start-up, and ends the process when nobody answers.
    "eager-pool": [("src/app/chassis/db/direct_pool.py", "min_size=0", "min_size=1")],
    # The server gives requests in flight no time.
    "no-grace": [
        (
            "src/app/chassis/serving/server.py",
            "timeout_graceful_shutdown=options.drain_timeout",
            "timeout_graceful_shutdown=0",
        ),
    ],
    # A transaction of SQLite that takes the write lock only when it writes.
    "deferred-begin": [("src/app/chassis/db/driver.py", '"BEGIN IMMEDIATE"', '"BEGIN"')],
}


@contextmanager
def planted(stage: Stage, *names: str) -> Generator[Stage]:
    """The same servers, with a copy of the project in which the usual stands."""
    with tempfile.TemporaryDirectory(prefix="planted-") as place:
        project = Path(place, "project")
        shutil.copytree(stage.project, project)
        for name in names:
            plant(name, project)
        yield replace(stage, project=project)


def plant(name: str, project: Path) -> None:
    for file, ours, usual in USUAL[name]:
        path = project / file
        text = path.read_text()
        assert text.count(ours) == 1, f"{file} doesn't hold what {name!r} replaces"
        path.write_text(text.replace(ours, usual))


class PlantingRenderer(Renderer):
    """Every render has the usual configuration of a name."""

    def __init__(self, directory: Path, name: str) -> None:
        super().__init__(directory)
        self._name = name
        self._planted: set[Path] = set()

    def render(self, **answers: Any) -> Render:
        made = super().render(**answers)
        if made.folder not in self._planted:
            plant(self._name, made.folder)
            self._planted.add(made.folder)
        return made
