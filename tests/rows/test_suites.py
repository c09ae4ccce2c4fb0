"""What variants are proven with: the same steps for each, in one environment for all of them."""

import os
import subprocess
import time
import tomllib
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.environments.union import declared, news, requirements, without_upper_bounds
from tests.rendering.renders import Renderer
from tests.rows.suites import Report, Step
from tests.servers.commands import run, steps_of
from tests.variants.numbered import VARIANTS

ASKED = "PYTEST_XDIST_AUTO_NUM_WORKERS"
LINT = ["ruff format --check", "ruff check", "mypy", "lint-imports"]
STEPS = {
    "check-all": [*LINT, "pytest -n auto"],
    "check": [*LINT, 'pytest -n auto -m "not thorough"'],
}


@pytest.mark.parametrize("number", VARIANTS)
def test_every_variant_has_the_same_checks(renderer: Renderer, number: str) -> None:
    folder = renderer.render(**VARIANTS[number]).folder
    assert {recipe: steps_of(folder, recipe) for recipe in STEPS} == STEPS


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


@pytest.mark.slow
@pytest.mark.parametrize(("told", "processes"), [({}, 3), ({ASKED: "1"}, 1)])
def test_a_suite_takes_one_process_more_than_there_are_cores(
    renderer: Renderer,
    environment: Environment,
    tmp_path: Path,
    told: dict[str, str],
    processes: int,
) -> None:
    project = renderer.copy(tmp_path / "project").folder
    command = [environment.program("pytest"), "-n", "auto", "tests/chassis/test_garbage.py"]
    two = ["taskset", "--cpu-list", ",".join(map(str, sorted(os.sched_getaffinity(0))[:2]))]
    status, output = run([*two, *command], project, environment.variables() | told)
    assert (status, f"created: {processes}/{processes} worker" in output) == (0, True), output


@pytest.mark.parametrize("number", VARIANTS)
def test_the_shared_environment_is_made_from_what_a_variant_declares(
    renderer: Renderer, number: str
) -> None:
    """They are found without rendering, and `uv sync --locked` compares the lock to them."""
    pyproject = tomllib.loads(renderer.render(**VARIANTS[number]).read("pyproject.toml"))
    assert declared(pyproject) <= {*requirements()}


def test_a_failure_names_the_variant_its_answers_and_how_to_run_it_alone(tmp_path: Path) -> None:
    steps = [Step("ruff check", 0, 0.1, "fine"), Step("mypy", 1, 2.5, "src/app/x.py: error")]
    told = str(Report("4", tmp_path, "check", steps))
    assert "variant 4, -d license=" in told
    assert "failed: mypy (check: ruff 0.1 s, mypy 2.5 s)" in told
    assert "$ mypy  [exit code 1]\nsrc/app/x.py: error" in told
    assert "fine" not in told
    assert f"The project is in {tmp_path}. Again: uv run just variant 4" in told


def test_a_hanging_step_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    """The shell would leave its child behind, which holds the output open."""
    begin = time.monotonic()
    status, output = run(["sh", "-c", "echo begun; sleep 60; echo never"], tmp_path, {}, most=1)
    assert (status, time.monotonic() - begin < 30) == (-1, True)
    assert output == "begun\n\nIt was still running after 1 s."


def test_only_upper_bounds_are_left_out() -> None:
    lines = ["fastapi>=0.165.0,<0.166", "uvicorn[standard]>=0.54.0,<0.55"]
    assert without_upper_bounds(lines) == ["fastapi>=0.165.0", "uvicorn[standard]>=0.54.0"]


def test_newer_releases_are_told_and_those_beyond_the_bounds_marked() -> None:
    pinned = {"fastapi": "0.165.0", "mako": "1.3.0", "ruff": "0.17.6"}
    newest = {"fastapi": "0.166.0", "mako": "1.4.0", "ruff": "0.17.6", "h11": "1.0"}
    assert news(newest, pinned, ["fastapi>=0.165.0,<0.166", "ruff>=0.17.6,<0.18"]) == [
        "fastapi 0.165.0 -> 0.166.0, beyond <0.166,>=0.165.0",
        "mako 1.3.0 -> 1.4.0",
        "h11 new -> 1.0",
    ]
