"""Environments for variants: one per Python, with what any variant needs, installed once."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.environments.union import wants_newest, write_newest, write_project
from tests.questionnaire.answering import choices
from tests.rendering.renders import locked
from tests.variants.numbered import VARIANTS_FOLDER

PLUGIN = Path(__file__).parent / "plugin"
LOWEST = "3.11"


@dataclass(frozen=True)
class Environment:
    folder: Path

    def program(self, name: str) -> str:
        return str(self.folder / "bin" / name)

    def variables(self) -> dict[str, str]:
        """For a process in the folder of a render, whose own package isn't installed."""
        path = f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
        paths = {"PATH": path, "PYTHONPATH": f"src{os.pathsep}{PLUGIN}"}
        return os.environ | paths | {"UV_PROJECT_ENVIRONMENT": str(self.folder)}

    def cache_of_types(self) -> dict[str, str]:
        """The type checker's cache holds the libraries; two at a time must not share one."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
        return {"MYPY_CACHE_DIR": str(VARIANTS_FOLDER / f"mypy-{self.folder.name}-{worker}")}


@cache
def interpreter(minimum: str) -> str:
    """The Python to run a variant with: one that is installed and new enough, else ours.

    The latter proves the same code, because `python_version` changes none of it: a test demands
    that. So variants for a Python that this machine lacks run too, as 3.14 does on most.
    """
    return _find(LOWEST if minimum == LOWEST else f">={minimum}") or sys.executable


def newest_interpreter() -> str:
    """Of those that a service may be for."""
    found = (_find(version) for version in reversed(choices("python_version")))
    return next(filter(None, found))


def _find(wanted: str) -> str | None:
    environment = os.environ | {"PATH": _path_with_pyenv()}
    find = ["uv", "python", "find", "--no-project", "--no-python-downloads", "--system", wanted]
    found = subprocess.run(find, env=environment, capture_output=True, text=True, check=False)
    return found.stdout.strip() if found.returncode == 0 else None


def _path_with_pyenv() -> str:
    """Its shims stand on the path for every Python, but run only those that are switched on."""
    versions = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    return os.pathsep.join([*map(str, sorted(versions.glob("3.*/bin"))), os.environ["PATH"]])


@cache
def install_union(python: str) -> Environment:
    """Quick when nothing changed. Raises `RuntimeError` when `template/uv.lock` doesn't fit."""
    version = subprocess.check_output(
        [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], text=True
    ).strip()
    kind, write = ("newest", write_newest) if wants_newest() else ("union", write_project)
    environment = Environment(VARIANTS_FOLDER / f".venv-{kind}-{version}")
    with _alone():
        project = write(VARIANTS_FOLDER / kind)
        done = subprocess.run(
            ["uv", "sync", "--locked", "--compile-bytecode", "--quiet", "--python", python],
            cwd=project,
            env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(environment.folder)},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{done.stderr}\nAfter a change of dependencies: uv run just lock")
    return environment


@contextmanager
def _alone() -> Generator[None]:
    """One process at a time: tests run in several."""
    VARIANTS_FOLDER.mkdir(exist_ok=True)
    with locked(VARIANTS_FOLDER / "lock"):
        yield
