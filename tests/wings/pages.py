"""The pages of a project that tell what to write: their files and their commands."""

import re
import subprocess
from pathlib import Path


def files_on(page: str) -> dict[str, str]:
    """What a page has as a whole file: the block of Python after a line that ends with its path."""
    found = re.findall(r": `([\w/.]+\.py)`\n\n```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found
    return dict(found)


def write_files(project: Path, page: str) -> list[Path]:
    """All of them, and which were there before."""
    return write_from(project, (project / page).read_text())


def write_from(project: Path, page: str) -> list[Path]:
    """The same of the text of a page."""
    existed = []
    for path, text in files_on(page).items():
        file = project / path
        if file.exists():
            existed.append(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return existed


def blocks(text: str, language: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [block for name, block in found if name == language]


def run_commands(project: Path, page: str) -> None:
    """Every block of shell on it."""
    for block in blocks((project / page).read_text(), "sh"):
        subprocess.run(["sh", "-ec", block], cwd=project, check=True)
