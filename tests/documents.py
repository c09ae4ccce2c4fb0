"""The documents of a render, and where they mention what isn't there.

`lies` knows neither files nor options by name: it takes them from the render, from `copier.yml` and
from the names of the template's files, so a new option joins by itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from tests.rendering import ROOT, Render, questions

TEMPLATE = ROOT / "template"

NOTES = (".env.example", "justfile", "*.yml", "*.yaml")
"""Files whose comments are read, beside the pages: `*.md`."""

TO_BE_MADE = {"docs/how-to/add-a-resource.md": "invoice"}
"""Pages that let their reader make something, and how that is called."""

OF_FASTAPI = {"/docs", "/openapi.json"}
"""Routes that no source declares: a setting turns them on."""

NO_ROUTE = "/no/such/path"
"""What the README asks for to get an error."""

FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Document:
    path: str
    text: str

    @cached_property
    def code(self) -> list[str]:
        """The blocks, and what stands in backticks."""
        return [*FENCED.findall(self.text), *re.findall(r"`([^`]+)`", self.prose)]

    @cached_property
    def prose(self) -> str:
        return FENCED.sub("", self.text)

    @cached_property
    def sentences(self) -> list[str]:
        """Each row of a table and each point of a list counts as one."""
        return re.split(r"(?<=[.!?])\s+|\n\s*\n|\n(?=[|*] )", self.text)

    def is_to_be_made(self, name: str) -> bool:
        return self.path in TO_BE_MADE and TO_BE_MADE[self.path] in name


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
        for module in (self.render.folder / "src" / "app" / "api" / "routes").glob("*.py"):
            text = module.read_text()
            for prefix in re.findall(r'APIRouter\(prefix="([^"]*)"', text):
                routes = re.findall(r'^@router\.\w+\(\s*"([^"]*)"', text, re.MULTILINE)
                found |= {prefix + route for route in routes}
        return found

    @cached_property
    def strangers(self) -> frozenset[str]:
        """How answers are called that weren't chosen, and packages that aren't declared."""
        chosen, others = set[str](), set[str]()
        for question in questions():
            given = answers(self.render, question)
            for value in labels(question):
                (chosen if value in given else others).update(names(question, value))
            if "none" in given:
                others.add(question)
        own = packages_of(self.render.read("pyproject.toml"))
        return frozenset(others | packages_of_template()) - chosen - own


def project(render: Render) -> Project:
    paths = [path for path in render.folder.rglob("*") if path.is_file()]
    code = [path.read_text() for path in paths if path.suffix == ".py" or path.name == "justfile"]
    files = sorted(path.relative_to(render.folder).as_posix() for path in paths)
    return Project(render, files, "\n".join(code))


def documents(project: Project) -> Iterator[Document]:
    for path in project.files:
        text = project.render.read(path) if is_page(path) or is_note(path) else ""
        if path == "README.md":
            # Name and description are the user's words.
            text = text[text.index("\n## ") :]
        if text:
            yield Document(path, text if is_page(path) else comments(text))


def is_page(path: str) -> bool:
    return path.endswith(".md")


def is_note(path: str) -> bool:
    return any(fnmatchcase(Path(path).name, pattern) for pattern in NOTES)


def comments(text: str) -> str:
    """Without signs and code, each block of lines a paragraph; `# APP_ONE=1` is code."""
    found = [re.match(r" *# (?!APP_\w+=)(.*)", line) for line in text.splitlines()]
    return "\n".join(comment[1] if comment else "" for comment in found)


def lies(render: Render) -> list[str]:
    """What the documents mention and the render doesn't have, with the file in front."""
    known = project(render)
    checks = (dead_links, unknown_paths, wrong_tasks, unknown_variables, unknown_routes, strangers)
    return [
        f"{document.path}: {lie}"
        for document in documents(known)
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
        without_tags = re.sub(r"<[^>]*>", " ", code)
        for token in re.split(r"[\s\"'(),;|\[\]{}=<>]+", without_tags):
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
        yield f"there is no setting {name}"
    for code in document.code:
        for name in re.findall(r"\$\{?([A-Z_]+)|\b(?!APP_)([A-Z]+(?:_[A-Z]+)+)\b", code):
            variable = "".join(name)
            if variable not in project.sources:
                yield f"nothing reads {variable}"


def unknown_routes(document: Document, project: Project) -> Iterator[str]:
    on_its_own = r"(?:127\.0\.0\.1:8000|(?<![\w/.:<…-]))(/[a-z][\w/.{}-]*)"
    for found in re.findall(on_its_own, document.text):
        route = found.rstrip(".")
        if route not in {*project.routes, NO_ROUTE} and not document.is_to_be_made(route):
            yield f"there is no route {route}"


def strangers(document: Document, project: Project) -> Iterator[str]:
    """Names of answers that weren't chosen, and of packages that only other variants depend on.

    A sentence may name the answer that it tells how to choose (`-d question=answer`), and a page
    the answers of the condition that it is rendered under.
    """
    foreign = project.strangers - page_names(document.path)
    for sentence in document.sentences:
        offered = re.findall(r"-d (\w+)=([\w.-]+)", sentence)
        allowed = {name for question, value in offered for name in names(question, value)}
        words = spoken(re.sub(r"https?://\S+", "", sentence))
        for name in sorted(name for name in foreign - allowed if spoken(name) in words):
            yield f"{name} is no part of this project: {' '.join(sentence.split())}"


@cache
def spoken(text: str) -> str:
    """Words and numbers only: `request_id` is also written "request id" and "X-Request-ID"."""
    words = re.findall(r"\d+(?:\.\d+)+|[^\W_]+", text.lower())
    return f" {' '.join(words)} "


def answers(render: Render, question: str) -> list[str]:
    given = render.context.get(question)
    return given if isinstance(given, list) else [str(given)]


@cache
def labels(question: str) -> dict[str, str]:
    """The label of each value; the value itself where there is none."""
    offered = questions()[question].get("choices", [])
    labels = offered if isinstance(offered, dict) else {value: value for value in offered}
    return {value_of(choice): label for label, choice in labels.items()}


def value_of(choice: Any) -> str:
    return str(choice["value"] if isinstance(choice, dict) else choice)


@cache
def names(question: str, value: str) -> frozenset[str]:
    """How an answer is called: by its value, unless that is a mere word such as `queue` or `none`,
    and by the names that its label holds, such as SQLite."""
    label = labels(question)[value]
    named = {word.lower() for word in re.findall(r"\w+", label) if re.search("[A-Z].*[A-Z]", word)}
    is_name = re.search(r"[A-Z0-9]", value) or value in things()
    return frozenset(named | {value.lower()} if is_name else named)


@cache
def things() -> frozenset[str]:
    """What a condition brings into a render or keeps out of it: files by name, and packages."""
    files = [word for name, _ in conditional_names().values() for word in re.findall(r"\w+", name)]
    return frozenset(files) | packages_of_template()


@cache
def packages_of_template() -> frozenset[str]:
    return packages_of((TEMPLATE / "pyproject.toml.jinja").read_text())


def packages_of(pyproject: str) -> frozenset[str]:
    """Read from the text, because the template's own is no TOML before it is rendered."""
    return frozenset(re.findall(r'"([a-z][\w-]*)(?:\[[^]]*\])?>=', pyproject))


@cache
def conditional_names() -> dict[str, tuple[str, str]]:
    """The name and the condition in each path of the template that holds one."""
    found = {}
    for path in TEMPLATE.rglob("*"):
        inside = path.relative_to(TEMPLATE).as_posix()
        condition = re.search(r"\{\{ '([^']+)' if (.+?) \}\}", inside)
        if condition:
            found[inside] = (condition[1], condition[2])
    return found


@cache
def page_names(rendered: str) -> frozenset[str]:
    """What a page is about that not every variant has."""
    about = frozenset[str]()
    for path, (name, condition) in conditional_names().items():
        if re.sub(r"\{\{.+?\}\}", name, path).removesuffix(".jinja") == rendered:
            for question in questions():
                for value in set(labels(question)) & set(re.findall(r"'([^']+)'", condition)):
                    about |= names(question, value)
    return about
