"""The documents of a render, and where they mention what isn't there.

`lies` knows neither files nor options by name: it takes them from the render, from `copier.yml` and
from the names of the template's files, so a new option joins by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from tests.documents.option_names import names, page_names, spoken, strangers_of
from tests.documents.prose import Document, documents
from tests.rendering.renders import Render

OF_FASTAPI = {"/docs", "/openapi.json"}
"""Routes that no source declares: a setting turns them on."""

NO_ROUTE = "/no/such/path"
"""What the README asks for to get an error."""


@dataclass(frozen=True)
class Project:
    """What there is to mention."""

    render: Render
    files: list[str]
    sources: str
    """All code: Python, and the tasks."""

    @cached_property
    def paths(self) -> set[str]:
        """Files and folders, each from any folder above it on: readers stand somewhere."""
        folders = {f"{parent}/" for file in self.files for parent in Path(file).parents}
        parts = [path.split("/") for path in {*self.files, *folders}]
        return {"/".join(path[start:]) for path in parts for start in range(len(path))} - {""}

    @cached_property
    def suffixes(self) -> set[str]:
        return {Path(file).suffix for file in self.files} - {""}

    @cached_property
    def top_folders(self) -> set[str]:
        return {file.partition("/")[0] for file in self.files if "/" in file}

    @cached_property
    def tasks(self) -> set[str]:
        justfile = self.render.read("justfile")
        return set(re.findall(r"^([a-z][\w-]*)[^:\n]*:(?!=)", justfile, re.MULTILINE))

    @cached_property
    def settings(self) -> set[str]:
        example = self.render.read(".env.example")
        return set(re.findall(r"^(?:# )?(APP_\w+)=", example, re.MULTILINE))

    @cached_property
    def routes(self) -> set[str]:
        found = set(OF_FASTAPI)
        app = self.render.folder / "src" / "app"
        for module in [*(app / "api" / "routes").glob("*.py"), app / "chassis/http/health.py"]:
            text = module.read_text()
            for prefix in re.findall(r'APIRouter\(prefix="([^"]*)"', text):
                routes = re.findall(r'^@router\.\w+\(\s*"([^"]*)"', text, re.MULTILINE)
                found |= {prefix + route for route in routes}
        for module in (app / "chassis" / "parts").glob("*/middleware.py"):
            found |= set(re.findall(r'^PATH = "([^"]*)"', module.read_text(), re.MULTILINE))
        return found

    @cached_property
    def strangers(self) -> frozenset[str]:
        return strangers_of(self.render)


def project(render: Render) -> Project:
    paths = [path for path in render.folder.rglob("*") if path.is_file()]
    code = [path.read_text() for path in paths if path.suffix == ".py" or path.name == "justfile"]
    files = sorted(path.relative_to(render.folder).as_posix() for path in paths)
    return Project(render, files, "\n".join(code))


def lies(render: Render) -> list[str]:
    """What the documents mention and the render doesn't have, with the file in front."""
    known = project(render)
    checks = (dead_links, unknown_paths, wrong_tasks, unknown_variables, unknown_routes, strangers)
    return [
        f"{document.path}: {lie}"
        for document in documents(render, known.files)
        for check in checks
        for lie in check(document, known)
    ]


def dead_links(document: Document, project: Project) -> Iterator[str]:
    folder = project.render.folder.resolve()
    for target in re.findall(r"\]\(([^)\s]+)\)", document.prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        here = folder / document.path
        page = (here.parent / path).resolve() if path else here
        if not (page.exists() and page.is_relative_to(folder)):
            yield f"the link to {target} leads nowhere"
        elif anchor and anchor not in anchors(page.read_text()):
            yield f"the link to {target} leads to no heading"


def anchors(text: str) -> set[str]:
    """What hosts of repositories make of headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def unknown_paths(document: Document, project: Project) -> Iterator[str]:
    for word in words_of_code(document):
        is_ours = is_path(word, project) and not document.is_to_be_made(word)
        if is_ours and not is_there(word, project):
            yield f"there is no {word}"


def is_there(path: str, project: Project) -> bool:
    if re.search(r"(^|/)x\.", path):  # in `services/x.py`, x is any name
        return any(fnmatchcase(known, path.replace("x.", "*.")) for known in project.paths)
    return path in project.paths or f"{path}/" in project.paths


def words_of_code(document: Document) -> Iterator[str]:
    for code in document.code:
        without_tags_and_calls = re.sub(r"<[^>]*>|[\w.]+\(\)", " ", code)
        for token in re.split(r"[\s\"'(),;|\[\]{}=<>]+", without_tags_and_calls):
            yield token.rstrip(".:")


def is_path(word: str, project: Project) -> bool:
    """It ends as a file of the render does, or as a folder, or begins with one of its folders."""
    if not re.fullmatch(r"[\w.…-]+(/[\w.…-]+)*/?", word):
        return False
    first, slash, _ = word.partition("/")
    is_inside = bool(slash) and first in project.top_folders
    return word.endswith("/") or is_inside or Path(word).suffix in project.suffixes


def wrong_tasks(document: Document, project: Project) -> Iterator[str]:
    for code in document.code:
        for name in re.findall(r"\bjust ([a-z][\w-]*)", code):
            if name not in project.tasks:
                yield f"there is no task `just {name}`"
    if document.path == "README.md":
        rows = set(re.findall(r"^\| `uv run just ([\w-]+)", document.text, re.MULTILINE))
        yield from (f"the table lacks the task {name}" for name in sorted(project.tasks - rows))


def unknown_variables(document: Document, project: Project) -> Iterator[str]:
    """Settings are in `.env.example`; what else looks like a variable is read by some code."""
    for name in sorted(set(re.findall(r"\bAPP_\w*[A-Z]\b", document.text)) - project.settings):
        if not document.is_to_be_made(name):
            yield f"there is no setting {name}"
    for code in document.code:
        own = re.findall(r"^([A-Z_]+)=\$\(", code, re.MULTILINE)
        for name in re.findall(r"\$\{?([A-Z_]+)|\b(?!APP_)([A-Z]+(?:_[A-Z]+)+)\b", code):
            variable = "".join(name)
            is_known = variable in {*own} or variable in project.sources
            if not (is_known or document.is_to_be_made(variable)):
                yield f"nothing reads {variable}"


def unknown_routes(document: Document, project: Project) -> Iterator[str]:
    on_its_own = r"(?:127\.0\.0\.1:8000|(?<![\w/.:<…-]))(/[a-z][\w/.{}-]*)"
    for found in re.findall(on_its_own, document.text):
        route = found.rstrip(".")
        if route not in {*project.routes, NO_ROUTE} and not document.is_to_be_made(route):
            yield f"there is no route {route}"


def strangers(document: Document, project: Project) -> Iterator[str]:
    """Names of answers that weren't chosen, and of packages that only other variants depend on.

    A sentence may name the answer that it tells how to choose (`-d question=answer`) and what a
    task is called after that it tells to run, and a page the answers of the condition that it is
    rendered under.
    """
    foreign = project.strangers - page_names(document.path)
    for sentence in document.sentences:
        offered = re.findall(r"-d (\w+)=([\w.-]+)", sentence)
        allowed = {name for question, value in offered for name in names(question, value)}
        tasks = [spoken(task) for task in project.tasks if f"just {task}" in sentence]
        allowed |= {name for name in foreign if any(spoken(name) in task for task in tasks)}
        words = spoken(re.sub(r"https?://\S+", "", sentence))
        for name in sorted(name for name in foreign - allowed if spoken(name) in words):
            yield f"{name} is no part of this project: {' '.join(sentence.split())}"
