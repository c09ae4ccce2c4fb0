"""Changes to try on a copy of the template: questions, answers, files and lines."""

import re
from collections.abc import Callable
from pathlib import Path

import yaml

from tests.rendering.renders import ROOT
from tests.updates.history import Change

PAGE = ROOT / "docs" / "how-to" / "change-what-is-public.md"
COMPUTED = "# --- Computed"
BLOCK = re.compile(r"^\w+:\n(?:  .*\n)+", re.MULTILINE)
"""A question in `copier.yml`."""
ANSWER = "template/answer.txt.jinja"
"""A planted file that shows the answer to a planted question."""


def examples(heading: str) -> list[str]:
    """The code under a heading of the page that tells how to change what is public."""
    section = PAGE.read_text().partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```\w+\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def ask_for(questions: str) -> Change:
    """Given as YAML, each in the place of the one that has its name, else after all others."""

    def change(template: Path) -> None:
        configuration = template / "copier.yml"
        text = configuration.read_text()
        for question in BLOCK.findall(questions):
            name = question.partition(":")[0]
            known = re.search(rf"^{name}:\n(?:  .*\n)+", text, re.MULTILINE)
            if known:
                text = text.replace(known[0], question)
            else:
                text = text.replace(COMPUTED, f"{question}\n{COMPUTED}")
        configuration.write_text(text)

    return change


def show(questions: str) -> Change:
    """The same, with a file that shows the answer to the last one."""

    def change(template: Path) -> None:
        ask_for(questions)(template)
        *_, name = yaml.safe_load(questions)
        write(ANSWER, f"{{{{ {name} }}}}\n")(template)

    return change


def no_longer(question: str) -> Change:
    """Without a planted question."""

    def change(template: Path) -> None:
        configuration = template / "copier.yml"
        text = configuration.read_text()
        assert f"{question}\n" in text
        configuration.write_text(text.replace(f"{question}\n", ""))

    return change


def write(path: str, text: str) -> Change:
    def change(template: Path) -> None:
        (template / path).parent.mkdir(parents=True, exist_ok=True)
        (template / path).write_text(text)

    return change


def append(path: str, text: str) -> Change:
    return lambda template: write(path, (template / path).read_text() + text)(template)


def first(path: str, edit: Callable[[str], str]) -> Change:
    """Another first line."""

    def change(template: Path) -> None:
        line, _, rest = (template / path).read_text().partition("\n")
        write(path, f"{edit(line)}\n{rest}")(template)

    return change


def delete(path: str) -> Change:
    return lambda template: (template / path).unlink()


def rename(path: str, new: str) -> Change:
    def change(template: Path) -> None:
        (template / path).rename(template / new)

    return change


def together(*changes: Change) -> Change:
    def change(template: Path) -> None:
        for each in changes:
            each(template)

    return change
