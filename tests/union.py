"""The project that depends on all that any variant depends on. Its lock is `template/uv.lock`.

`python -m tests.union lock` writes it and keeps the pins that still fit; `--upgrade` lifts them.
"""

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.rendering import ROOT, Renderer
from tests.variants import VARIANTS

LOCK = ROOT / "template" / "uv.lock"
# Longer than any service's, so that `uv sync` of a render sees the lock of another project.
NAME = "every-variant-of-copier-fastapi-in-one-project"


def declared(pyproject: dict[str, Any]) -> set[str]:
    """The requirements of a project and its development group, as they are written."""
    return {*pyproject["project"]["dependencies"], *pyproject["dependency-groups"]["dev"]}


def union_of(pyprojects: Iterable[dict[str, Any]]) -> str:
    """The text of a `pyproject.toml`, for the lowest Python that any of them supports."""
    together = list(pyprojects)
    lowest = min(
        (project["project"]["requires-python"] for project in together),
        key=lambda bound: int(bound.removeprefix(">=3.")),
    )
    requirements = sorted(set().union(*map(declared, together)))
    dependencies = "".join(f"    '{requirement}',\n" for requirement in requirements)
    return (
        f'[project]\nname = "{NAME}"\nversion = "0"\nrequires-python = "{lowest}"\n'
        f"dependencies = [\n{dependencies}]\n\n[tool.uv]\npackage = false\n"
    )


def write_project(folder: Path, renderer: Renderer) -> Path:
    """The union of all variants, with the shipped lock beside it when there is one."""
    renders = [renderer.render(**answers) for answers in VARIANTS.values()]
    folder.mkdir(parents=True, exist_ok=True)
    union = union_of(tomllib.loads(render.read("pyproject.toml")) for render in renders)
    (folder / "pyproject.toml").write_text(union)
    if LOCK.exists():
        shutil.copy2(LOCK, folder / "uv.lock")
    return folder


def versions(lock: Path) -> dict[str, str]:
    """What a lock pins, without the project that it was made for."""
    packages = tomllib.loads(lock.read_text())["package"]
    return {p["name"]: p["version"] for p in packages if "registry" in p["source"]}


def write_lock(*options: str) -> None:
    with tempfile.TemporaryDirectory() as directory:
        folder = write_project(Path(directory, "union"), Renderer(Path(directory)))
        subprocess.run(["uv", "lock", *options], cwd=folder, check=True)
        shutil.copy2(folder / "uv.lock", LOCK)


if __name__ == "__main__":
    command, *options = sys.argv[1:] or [""]
    if command != "lock":
        sys.exit("usage: python -m tests.union lock [--upgrade]")
    write_lock(*options)
