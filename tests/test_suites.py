"""Every variant passes the checks that it comes with, on a real database."""

import shutil
import subprocess
import tomllib
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.installing import Environment, install_union, interpreter
from tests.rendering import Renderer
from tests.suites import Suites, steps_of
from tests.union import LOCK, declared, versions, write_project
from tests.variants import PRESETS, VARIANTS

STEPS = ["ruff format --check", "ruff check", "mypy", "lint-imports", "pytest"]


@pytest.fixture(scope="session")
def suites(request: pytest.FixtureRequest, renderer: Renderer) -> Generator[Suites]:
    """Those of the variants that were selected, all started at once."""
    suites = Suites()
    wanted = [
        str(item.callspec.params["name"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname == test_a_variant_passes_its_own_checks.__name__
    ]
    for name in wanted:
        render = renderer.render(**VARIANTS[name])
        python = interpreter(render.context["python_version"])
        suites.start(name, render.folder, install_union(renderer, python))
    yield suites
    suites.stop()


@pytest.mark.slow
@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_passes_its_own_checks(suites: Suites, name: str) -> None:
    report = suites.report(name)
    if not report.passed:
        pytest.fail(str(report), pytrace=False)


@pytest.mark.parametrize("name", VARIANTS)
def test_every_variant_has_the_same_checks(renderer: Renderer, name: str) -> None:
    assert steps_of(renderer.render(**VARIANTS[name]).folder) == STEPS


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


def test_the_shipped_lock_pins_what_any_variant_declares(renderer: Renderer) -> None:
    """The fixture `environment` refuses a lock that doesn't fit; this one tells what is missing."""
    pins = versions(LOCK)
    for answers in VARIANTS.values():
        for line in declared(tomllib.loads(renderer.render(**answers).read("pyproject.toml"))):
            assert line.partition(">=")[0].partition("[")[0] in pins, f"{line}: run `just lock`"


@pytest.fixture(scope="session")
def installed(renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The presets, each in a fresh directory and installed as a user does it."""
    folders = {}
    for preset in PRESETS:
        folders[preset] = tmp_path_factory.mktemp(preset) / "service"
        renderer.copy(folders[preset], preset=preset)
        subprocess.run(["uv", "sync", "--quiet"], cwd=folders[preset], check=True)
    return folders


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_the_first_installation_keeps_the_shipped_pins(
    installed: dict[str, Path], preset: str
) -> None:
    kept = versions(installed[preset] / "uv.lock")
    assert kept.items() <= versions(LOCK).items()
    assert "fastapi" in kept
    assert "asyncpg" not in kept


@pytest.mark.slow
def test_the_first_installation_does_not_lift_a_pin(renderer: Renderer, tmp_path: Path) -> None:
    """The shipped pins may all be the newest, so this one is made older than it could be."""
    union = write_project(tmp_path / "union", renderer)
    older = ["uv", "lock", "--quiet", "--upgrade-package=iniconfig==2.1.0"]
    subprocess.run(older, cwd=union, check=True)
    service = renderer.copy(tmp_path / "service").folder
    shutil.copy2(union / "uv.lock", service)
    subprocess.run(["uv", "lock", "--quiet"], cwd=service, check=True)
    assert versions(service / "uv.lock")["iniconfig"] == "2.1.0"


@pytest.mark.slow
@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_passes_its_checks_where_a_user_installed_it(
    installed: dict[str, Path], preset: str
) -> None:
    done = subprocess.run(
        ["uv", "run", "just", "check"],
        cwd=installed[preset],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
