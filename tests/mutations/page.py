"""The page of patterns: its last column holds what the list of mutations says, and what is proven
elsewhere."""

import re
from collections.abc import Iterator

from tests.mutations.listed import mutations
from tests.rendering.renders import ROOT

PAGE = ROOT / "docs" / "reference" / "patterns.md"
NOT_YET = "not yet"
_ROW = re.compile(r"^(\| ([A-Z]{2}\d+) \| .+ \| .+ \| )(.+)( \|)$", re.MULTILINE)


def rows() -> Iterator[tuple[str, str]]:
    """The id of each pattern, and what proves it."""
    for found in _ROW.finditer(PAGE.read_text()):
        yield found[2], found[3]


def named(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def proven(pattern: str) -> list[str]:
    """The tests that fail with a mutation of it, each once, whichever of its cases does."""
    tests = [test for one in mutations() if one.pattern == pattern for test in one.tests]
    return list(dict.fromkeys(test.partition("[")[0] for test in tests))


def written(text: str) -> str:
    """The page as it should be: in each row first what the list has, then what the row had besides,
    which no mutation is for, such as tests of the template."""

    def filled(row: re.Match[str]) -> str:
        if row[3] == NOT_YET:
            return row[0]
        ours = proven(row[2])
        parts = (ours, [test for test in named(row[3]) if test not in ours])
        cell = "; also ".join(", ".join(f"`{test}`" for test in part) for part in parts if part)
        return f"{row[1]}{cell}{row[4]}"

    return _ROW.sub(filled, text)
