"""What a run leaves in the documentation: a part of the JSON file, and a block in a page."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.rendering.renders import ROOT

REFERENCE = ROOT / "docs" / "reference"
FIGURES = REFERENCE / "performance.json"
PAGE = REFERENCE / "performance.md"
CHART = REFERENCE / "performance.svg"
POOLING = ROOT / "docs" / "explanation" / "pooling.md"


def save(part: str, found: dict[str, Any], path: Path = FIGURES) -> None:
    """Replace one part and keep the others."""
    parts = json.loads(path.read_text()) if path.exists() else {}
    parts[part] = found
    path.write_text(json.dumps(parts, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


def replace_block(text: str, name: str, block: str) -> str:
    """What stands between the markers of a name. Raises `ValueError` when there are none."""
    begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
    pattern = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    changed, count = pattern.subn(lambda found: f"{found[1]}{block.strip()}\n{found[2]}", text)
    if count != 1:
        raise ValueError(f"expected one block between {begin} and {end}, found {count}")
    return changed


def write_block(page: Path, name: str, block: str) -> None:
    page.write_text(replace_block(page.read_text(), name, block))


def publish(part: str, page: Path, text: str, found: dict[str, Any]) -> None:
    save(part, found)
    write_block(page, part, text)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """In Markdown, with columns that stand below each other as plain text too."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    ruler = ["-" * width for width in widths]
    padded = [
        [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
        for line in [lines[0], ruler, *lines[1:]]
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in padded)
