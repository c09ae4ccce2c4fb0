"""What a render says in words: its pages, and the comments of some other files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from tests.rendering.renders import Render

NOTES = (".env.example", "justfile", "*.yml", "*.yaml")
"""Files whose comments are read, beside the pages: `*.md`."""

TO_BE_MADE = {
    "docs/how-to/add-a-part.md": "object_store",
    "docs/how-to/add-a-resource.md": "invoice",
    "docs/how-to/call-another-service.md": "rates",
}
"""Pages that let their reader make something, and how that is called."""

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
        return self.path in TO_BE_MADE and TO_BE_MADE[self.path] in name.lower()


def documents(render: Render, files: list[str]) -> Iterator[Document]:
    for path in files:
        text = render.read(path) if is_page(path) or is_note(path) else ""
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
