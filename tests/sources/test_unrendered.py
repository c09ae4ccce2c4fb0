"""The sources of the template are real Python before they are rendered: tools can read them."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.sources.unrendered import TREES, TYPED, make_tree, python_sources, settled_by_rendering
from tests.variants.numbered import VARIANTS_FOLDER


@pytest.fixture(scope="session")
def forest(tmp_path_factory: pytest.TempPathFactory, renderer: Renderer) -> Path:
    folder = tmp_path_factory.mktemp("unrendered")
    for name, answers in TREES.items():
        make_tree(folder / name, renderer, answers)
    return folder


def test_every_python_source_is_in_a_tree(tmp_path: Path, renderer: Renderer) -> None:
    trees = [make_tree(tmp_path / name, renderer, answers) for name, answers in TREES.items()]
    assert {path for tree in trees for path in tree} == {*python_sources(renderer)}


def test_the_linter_finds_nothing_in_them(forest: Path, environment: Environment) -> None:
    """Except the order of imports: a marker between two of them ends the block for the linter."""
    command = [environment.program("ruff"), "check", "--extend-ignore=I001", "--output-format=json"]
    done = subprocess.run([*command, forest], capture_output=True, text=True, check=False)
    found = [
        f"{finding['filename']}:{finding['location']['row']}: {finding['message']}"
        for finding in json.loads(done.stdout)
        if not settled_by_rendering(forest, finding["filename"], finding["location"]["row"])
    ]
    assert not found, "\n".join(found)


def test_they_are_formatted(forest: Path, environment: Environment, tmp_path: Path) -> None:
    """Except the blanks around an expression outside of strings, which look like a set's, and
    blank lines beside a marker, which looks like the end of the imports above it."""
    shutil.copytree(forest, tmp_path / "formatted")
    command = [environment.program("ruff"), "format", "--quiet", str(tmp_path / "formatted")]
    subprocess.run(command, check=True)
    for path in forest.rglob("*.py"):
        formatted = tmp_path / "formatted" / path.relative_to(forest)
        assert without_blanks(path.read_text()) == without_blanks(formatted.read_text()), path


def without_blanks(text: str) -> str:
    text = re.sub(r"\{\{ ?(.*?) ?\}\}", r"{{\1}}", text)
    return re.sub(r"\n+( *# \{%.*%\})\n+", r"\n\1\n", text)


@pytest.mark.parametrize("tree", TYPED)
def test_their_types_are_right(forest: Path, environment: Environment, tree: str) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")  # two would fight over one cache
    cache = f"--cache-dir={VARIANTS_FOLDER / f'mypy-unrendered-{worker}'}"
    command = [environment.program("mypy"), "--output=json", cache]
    done = subprocess.run(command, cwd=forest / tree, capture_output=True, text=True, check=False)
    assert done.returncode in {0, 1}, done.stderr
    findings = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = [
        f"{finding['file']}:{finding['line']}: {finding['message']}"
        for finding in findings
        if not settled_by_rendering(forest / tree, finding["file"], finding["line"])
    ]
    assert not found, "\n".join(found)


def test_they_compile(forest: Path) -> None:
    for path in forest.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
