"""The project that depends on all that any variant depends on. Its lock is `template/uv.lock`.

`python -m tests.environments.union lock` writes it and keeps the pins that still fit; `--upgrade`
lifts them. `python -m tests.environments.union newest` tells what has been released since, beyond
the upper bounds too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from tests.questionnaire.answering import ask
from tests.rendering.renders import ROOT, environment
from tests.variants.numbered import VARIANTS

LOCK = ROOT / "template" / "uv.lock"
SOURCE = ROOT / "template" / "pyproject.toml.jinja"
# Longer than any service's, so that `uv sync` of a render sees the lock of another project.
NAME = "every-variant-of-copier-fastapi-in-one-project"
NEWEST = "TEMPLATE_NEWEST"
"""Environment variable: run variants with the newest releases instead of the pins."""


def declared(pyproject: dict[str, Any]) -> set[str]:
    """The requirements of a project and its development group, as they are written."""
    return {*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]}


@cache
def requirements() -> tuple[str, ...]:
    """Of all variants together, as they are written. Nothing else of them is rendered for it."""
    source = environment().from_string(SOURCE.read_text())
    texts = (source.render(**ask(answers).answers) for answers in VARIANTS.values())
    return tuple(sorted(set().union(*(declared(tomllib.loads(text)) for text in texts))))


def without_upper_bounds(lines: Iterable[str]) -> list[str]:
    found = []
    for line in lines:
        requirement = Requirement(line)
        kept = [str(bound) for bound in requirement.specifier if bound.operator != "<"]
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        found.append(f"{requirement.name}{extras}{','.join(kept)}")
    return found


def union_of(lines: Iterable[str]) -> str:
    """The text of a `pyproject.toml`, for the lowest Python that any variant supports."""
    dependencies = "".join(f"    '{line}',\n" for line in lines)
    return (
        f'[project]\nname = "{NAME}"\nversion = "0"\nrequires-python = ">=3.11"\n'
        f"dependencies = [\n{dependencies}]\n\n[tool.uv]\npackage = false\n"
    )


def write_project(folder: Path) -> Path:
    """The union of all variants, with the shipped lock beside it when there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(union_of(requirements()))
    if LOCK.exists():
        shutil.copy2(LOCK, folder / "uv.lock")
    return folder


def write_newest(folder: Path) -> Path:
    """The same without upper bounds, locked to the newest releases that go together."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(union_of(without_upper_bounds(requirements())))
    subprocess.run(["uv", "lock", "--upgrade", "--quiet"], cwd=folder, check=True)
    return folder


def wants_newest() -> bool:
    return bool(os.environ.get(NEWEST))


def versions(lock: Path) -> dict[str, str]:
    """What a lock pins, without the project that it was made for."""
    packages = tomllib.loads(lock.read_text())["package"]
    return {p["name"]: p["version"] for p in packages if "registry" in p["source"]}


def write_lock(*options: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = write_project(Path(directory))
        subprocess.run(["uv", "lock", *options], cwd=folder, check=True)
        shutil.copy2(folder / "uv.lock", LOCK)


def news(newest: Mapping[str, str], pinned: Mapping[str, str], lines: Iterable[str]) -> list[str]:
    """A line for each package that has another version than the pinned one; `lines` are the
    requirements, with the bounds that it may be beyond."""
    bounds = {found.name: found.specifier for found in map(Requirement, lines)}
    told = []
    for name, version in newest.items():
        if version != pinned.get(name):
            beyond = name in bounds and version not in bounds[name]
            where = f", beyond {bounds[name]}" if beyond else ""
            told.append(f"{name} {pinned.get(name, 'new')} -> {version}{where}")
    return told


def tell_news() -> None:
    with tempfile.TemporaryDirectory() as directory:
        newest = versions(write_newest(Path(directory)) / "uv.lock")
    print("\n".join(news(newest, versions(LOCK), requirements())) or "All pins are the newest.")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["lock", *options]:
            write_lock(*options)
        case ["newest"]:
            tell_news()
        case _:
            sys.exit("usage: python -m tests.environments.union lock [--upgrade] | newest")
