"""Renders of the template as it is in the working tree, each made once per set of answers."""

import hashlib
import json
import shutil
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import copier._main
import jinja2
import yaml
from copier import run_copy
from copier._jinja_ext import CopierTemplateLoader, SandboxedEnvironment
from copier._main import Worker

ROOT = Path(__file__).parents[2]
PARTS = ("copier.yml", "extensions", "template")
"""What Copier reads. Everything else of the repository has no effect on a render."""

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Render:
    folder: Path
    """Shared between tests: `Renderer.copy` makes one to write in."""

    context: Answers
    """Every answer, the computed ones included."""

    def read(self, path: str) -> str:
        return (self.folder / path).read_text()

    def files(self) -> dict[str, bytes]:
        """Content by path, without the place that the template was in."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                lines = path.read_bytes().splitlines(keepends=True)
                content = b"".join(line for line in lines if not line.startswith(b"_src_path:"))
                found[path.relative_to(self.folder).as_posix()] = content
        return found

    def recorded(self) -> dict[str, Any]:
        """The answers file, without what Copier itself keeps there."""
        answers = yaml.safe_load(self.read(".copier-answers.yml"))
        return {key: value for key, value in answers.items() if not key.startswith("_")}


class Renderer:
    """Processes that share a directory share what is in it: each render is made once."""

    def __init__(self, directory: Path) -> None:
        self.template = directory / "template-source"
        self._renders = directory / "renders"
        self._made: dict[str, Render] = {}
        self._renders.mkdir(parents=True, exist_ok=True)
        with locked(self._renders / "template.lock"):
            if not self.template.exists():
                copy_of_template(self.template)

    def render(self, **answers: Any) -> Render:
        key = repr(sorted(answers.items()))
        if key not in self._made:
            self._made[key] = self._make(hashlib.sha256(key.encode()).hexdigest()[:16], answers)
        return self._made[key]

    def _make(self, name: str, answers: Answers) -> Render:
        folder, known = self._renders / name, self._renders / f"{name}.json"
        with locked(self._renders / f"{name}.lock"):
            if not known.exists():
                context = render_into(folder, self.template, answers)
                known.write_text(json.dumps(context))
            return Render(folder, json.loads(known.read_text()))

    def copy(self, destination: Path, **answers: Any) -> Render:
        """A render of its own, to write in."""
        made = self.render(**answers)
        shutil.copytree(made.folder, destination, symlinks=True)
        return Render(destination, made.context)

    def anew(self, destination: Path, **answers: Any) -> Render:
        """A render that isn't taken from the ones that were made before."""
        return Render(destination, render_into(destination, self.template, answers))


@contextmanager
def locked(path: Path) -> Generator[None]:
    """One process at a time."""
    with path.open("w") as file:
        flock(file, LOCK_EX)  # until it is closed
        yield


def render_into(folder: Path, template: Path, answers: Answers) -> Answers:
    """Render as `copier copy --defaults` does: without trust, and without questions."""
    with compiling_once(), patch.object(copier._main, "is_git_available", lambda: False):
        worker = run_copy(
            str(template), folder, data=dict(answers), defaults=True, quiet=True, unsafe=False
        )
    known = worker.answers.combined.items()
    asked = worker.template.questions_data
    return {name: value for name, value in known if name in asked}  # Copier adds its own


def copy_of_template(destination: Path, parts: Iterable[str] = PARTS) -> Path:
    """A plain copy outside of git, so that uncommitted work counts and nothing warns about it."""
    destination.mkdir(parents=True)
    for part in parts:
        if (ROOT / part).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", ".*_cache")
            shutil.copytree(ROOT / part, destination / part, ignore=ignored)
        else:
            shutil.copy2(ROOT / part, destination / part)
    return destination


@cache
def configuration() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "copier.yml").read_text())
    return loaded


def questions() -> dict[str, dict[str, Any]]:
    """What `copier.yml` asks or computes, by name."""
    return {name: what for name, what in configuration().items() if not name.startswith("_")}


@cache
def environment() -> jinja2.Environment:
    """Jinja as Copier sets it up for this template."""
    options = configuration()["_envops"] | {"undefined": jinja2.StrictUndefined}
    filters = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
    return SandboxedEnvironment(loader=CopierTemplateLoader(ROOT), extensions=[filters], **options)


_compiled: dict[tuple[Any, ...], Any] = {}


@contextmanager
def compiling_once() -> Generator[None]:
    """Nine tenths of a render's time go into compiling the same names of files again, into
    rendering names that hold nothing to render, and into one `git config` per file. A test compares
    such a render with one of Copier's command line."""
    compile_anew = jinja2.Environment.compile
    render_string, answers_relpath = Worker._render_string, Worker.answers_relpath

    def compile_once(env: jinja2.Environment, source: Any, *options: Any, **more: Any) -> Any:
        # Without the path: the same template is read from many places.
        key = (source, options[:1], options[2:], tuple(more.items()), env.block_start_string)
        if not isinstance(source, str):
            return compile_anew(env, source, *options, **more)
        if key not in _compiled:
            _compiled[key] = compile_anew(env, source, *options, **more)
        return _compiled[key]

    def render_if_needed(worker: Worker, string: Any, extra_context: Any = None) -> str:
        if isinstance(string, str) and "{" not in string:
            return string
        return render_string(worker, string, extra_context)

    def answers_file(worker: Worker) -> Path:
        path = Path(worker.answers_file or worker.template.answers_relpath)
        return answers_relpath.__get__(worker) if "{" in str(path) else path

    with (
        patch.object(jinja2.Environment, "compile", compile_once),
        patch.object(Worker, "_render_string", render_if_needed),
        patch.object(Worker, "answers_relpath", property(answers_file)),
    ):
        yield
