"""The presets as users have them: installed into a fresh directory, without our environment.

The default is run on the oldest Python of this machine, the others on the newest; `tests.rows`
has all Pythons with all options.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environments.installing import LOWEST, interpreter, newest_interpreter
from tests.environments.union import LOCK, versions, write_project
from tests.rendering.renders import Renderer, questions
from tests.variants.numbered import PRESETS

pytestmark = pytest.mark.slow

PYTHONS = {"oldest": lambda: interpreter(LOWEST), "newest": newest_interpreter}


def as_user(folder: Path, python: str, *command: str) -> None:
    variables = {k: v for k, v in os.environ.items() if k not in {"VIRTUAL_ENV", "UV_FROZEN"}}
    done = subprocess.run(
        ["uv", *command],
        cwd=folder,
        env=variables | {"UV_PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"uv {' '.join(command)}\n{done.stdout}{done.stderr}"


@pytest.mark.parametrize(
    ("preset", "age"),
    [
        (name, "oldest" if name == questions()["preset"]["default"] else "newest")
        for name in PRESETS
    ],
)
def test_a_preset_passes_its_checks_where_a_user_installs_it(
    renderer: Renderer, tmp_path: Path, preset: str, age: str
) -> None:
    service = renderer.copy(tmp_path / "service", preset=preset).folder
    python = PYTHONS[age]()

    as_user(service, python, "sync", "--quiet")

    as_user(service, python, "sync", "--quiet", "--locked")  # as its CI does
    kept = versions(service / "uv.lock")
    assert kept.items() <= versions(LOCK).items(), "the first installation lifted a pin"
    assert "fastapi" in kept
    assert "asyncpg" not in kept, "the first installation left what the variant doesn't need"
    as_user(service, python, "run", "just", "check")


def test_the_first_installation_does_not_lift_a_pin(renderer: Renderer, tmp_path: Path) -> None:
    """The shipped pins may all be the newest, so this one is made older than it could be."""
    union = write_project(tmp_path / "union")
    older = ["uv", "lock", "--quiet", "--upgrade-package=iniconfig==2.1.0"]
    subprocess.run(older, cwd=union, check=True)
    service = renderer.copy(tmp_path / "service").folder
    shutil.copy2(union / "uv.lock", service)
    subprocess.run(["uv", "lock", "--quiet"], cwd=service, check=True)
    assert versions(service / "uv.lock")["iniconfig"] == "2.1.0"
