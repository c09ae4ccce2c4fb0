"""The same answers give the same files: everywhere, for everybody, and without trust."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.rendering.renders import ROOT, Render, Renderer, configuration, copy_of_template
from tests.updates.history import git

COPIER = (sys.executable, "-m", "copier", "copy")
# Of Copier's globals and filters.
WORDS = ("now()", "make_secret", "_folder_name", "strftime", "random", "shuffle", "_copier_conf.")
POSTGRES = {"database_driver": "asyncpg", "pooling_mode": "asyncpg", "preset": "full"}


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `git clone` gives users, with the working tree's changes committed."""
    folder = copy_of_template(tmp_path_factory.mktemp("clone") / "copier-fastapi")
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Everything")
    return folder


def test_copying_needs_no_trust_and_no_answers(clone: Path, tmp_path: Path) -> None:
    command = [*COPIER, "--defaults", str(clone), str(tmp_path / "service")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "uv run just dev" in done.stderr


def test_the_tests_render_what_users_get(clone: Path, tmp_path: Path, renderer: Renderer) -> None:
    """The renders of this suite are made with shortcuts, from a plain copy of the template."""
    data = [f"--data={key}={value}" for key, value in POSTGRES.items()]
    command = [*COPIER, "--quiet", "--defaults", *data, str(clone), str(tmp_path / "service")]
    subprocess.run(command, check=True)
    users, ours = Render(tmp_path / "service", {}).files(), renderer.render(**POSTGRES).files()
    # Only what comes from git knows the commit that it was made from.
    answers = users[".copier-answers.yml"].splitlines(keepends=True)
    kept = [line for line in answers if not line.startswith(b"_commit:")]
    assert users | {".copier-answers.yml": b"".join(kept)} == ours


def test_the_template_runs_no_code_of_its_own_at_generation() -> None:
    settings = configuration()
    assert not settings.keys() & {"_tasks", "_jinja_extensions", "_migrations", "_external_data"}


def as_somebody_else(patch: pytest.MonkeyPatch, home: Path) -> None:
    home.mkdir()
    (home / ".gitconfig").write_text("[user]\n  name = Somebody\n  email = some@example.org\n")
    patch.setenv("HOME", str(home))
    patch.setenv("TZ", "Pacific/Kiritimati")
    patch.setenv("LANG", "tr_TR.UTF-8")
    patch.setenv("USER", "somebody")
    time.tzset()


def test_person_folder_place_and_day_make_no_difference(
    renderer: Renderer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = renderer.anew(tmp_path / "first", **POSTGRES).files()
    with monkeypatch.context() as patch:
        as_somebody_else(patch, tmp_path / "home")
        elsewhere = Renderer(tmp_path / "elsewhere")
        second = elsewhere.anew(tmp_path / "Second Folder", **POSTGRES).files()
    time.tzset()
    assert first == second


def asks(text: str, word: str) -> bool:
    """Where Jinja reads it; prose may say so."""
    return any(word in part for part in re.findall(r"{{.*?}}|{%.*?%}", text, re.DOTALL))


@pytest.mark.parametrize("word", WORDS)
def test_nothing_in_the_template_asks_for_what_changes(renderer: Renderer, word: str) -> None:
    allowed = {"{{ _copier_conf.answers_file }}.jinja"}
    paths = [path for path in (renderer.template / "template").rglob("*") if path.is_file()]
    jinja = [path for path in paths if path.suffix == ".jinja"]
    found = [path for path in jinja if asks(path.read_text(), word)]
    found += [path for path in paths if word in path.name and path.name not in allowed]
    assert found == []


@pytest.mark.parametrize("word", sorted({*WORDS} - {"_copier_conf."}))
def test_no_question_asks_for_what_changes(word: str) -> None:
    """A computed one would bring it into renders."""
    files = [ROOT / "copier.yml", *(ROOT / "extensions").rglob("*.jinja")]
    assert len(files) > 1
    assert [file for file in files if asks(file.read_text(), word)] == []


def test_the_oldest_python_changes_no_code(renderer: Renderer) -> None:
    """So a suite that passes on one Python proves the files of a variant for a newer one."""
    oldest = renderer.render(**POSTGRES).files()
    for version in ("3.12", "3.13", "3.14"):
        newer = renderer.render(**POSTGRES, python_version=version).files()
        differing = {path for path in oldest | newer if oldest.get(path) != newer.get(path)}
        code = {path for path in differing if path.endswith(".py")}
        assert code == set()
        assert differing >= {"pyproject.toml", ".copier-answers.yml"}
