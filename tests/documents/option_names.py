"""How answers and packages are called in prose: from `copier.yml`, from the conditions in the names
of the template's files and from its `pyproject.toml`, so that a new option joins by itself."""

import re
from functools import cache
from typing import Any

from tests.rendering.renders import ROOT, Render, questions

TEMPLATE = ROOT / "template"


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


def strangers_of(render: Render) -> frozenset[str]:
    """How answers are called that weren't chosen, and packages that aren't declared."""
    chosen, others = set[str](), set[str]()
    for question in questions():
        given = answers(render, question)
        for value in labels(question):
            (chosen if value in given else others).update(names(question, value))
        if "none" in given:
            others.add(question)
    own = packages_of(render.read("pyproject.toml"))
    return frozenset(others | packages_of_template()) - chosen - own
