"""What variants are proven with: the same steps for each, in one environment for all of them."""

import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.commands import steps_of
from tests.installing import Environment
from tests.rendering import Renderer
from tests.union import declared, requirements
from tests.variants import VARIANTS

STEPS = ["ruff format --check", "ruff check", "mypy", "lint-imports", "pytest"]


@pytest.mark.parametrize("number", VARIANTS)
def test_every_variant_has_the_same_checks(renderer: Renderer, number: str) -> None:
    assert steps_of(renderer.render(**VARIANTS[number]).folder) == STEPS


def test_a_suite_can_not_import_what_its_variant_does_not_declare(
    renderer: Renderer, environment: Environment, tmp_path: Path
) -> None:
    project = renderer.copy(tmp_path / "project").folder
    (project / "tests" / "test_guard.py").write_text(
        "import aiosqlite, pytest\n\n\ndef test_guard():\n"
        "    with pytest.raises(ModuleNotFoundError, match='not declared by this variant'):\n"
        "        import asyncpg\n"
    )
    command = [environment.program("pytest"), "-p", "depguard", "--noconftest", "-k", "test_guard"]
    done = subprocess.run(
        [*command, "tests/test_guard.py"],
        cwd=project,
        env=environment.variables(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", VARIANTS)
def test_the_shared_environment_is_made_from_what_a_variant_declares(
    renderer: Renderer, number: str
) -> None:
    """They are found without rendering, and `uv sync --locked` compares the lock to them."""
    pyproject = tomllib.loads(renderer.render(**VARIANTS[number]).read("pyproject.toml"))
    assert declared(pyproject) <= {*requirements()}
