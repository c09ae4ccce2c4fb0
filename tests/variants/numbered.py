"""The variants: rows that together hold every valid triple of answers, the first every pair.

They come from `copier.yml` by themselves: see `factors` and `covering`. Only what no list of
choices tells is written here: texts and sizes at their ends.
"""

import json
from collections.abc import Iterator, Mapping
from functools import cache
from hashlib import sha256
from itertools import combinations
from typing import Any

from tests.questionnaire.answering import ask, choices
from tests.rendering.renders import ROOT, Answers, questions
from tests.variants.covering import Row, cover
from tests.variants.factors import OFF, ON, ORDER, answers_of, factors_of, row_of, space

VARIANTS_FOLDER = ROOT / ".variants"
MADE_BY = ("questionnaire/answering", "variants/covering", "variants/factors", "variants/numbered")
"""Modules that decide what the rows are, besides `copier.yml` and the macros."""

MIDDLEWARE = tuple(choices("middleware"))
PRESETS = tuple(choices("preset"))

# Text that is right but awkward: for line lengths, quotes, look-alike letters, comments, shells.
LONG_NAME = "漢" * 45 + " Мy Сервис’ – x"  # noqa: RUF001
LONG_SLUG = "service-of-forty-characters-in-all-" + "12345"
AWKWARD_NAME = "O'Neil's & Söhne: <#1> $HOME %s `ls` 100%"

EXTREMES: list[dict[str, Any]] = [
    {
        "project_name": LONG_NAME,
        "project_slug": LONG_SLUG,
        "project_description": "Ж" * 200,
        "author_name": "Ю" * 100,
        "author_email": "a.very.long-address+of@a-very-long-domain.of.example.org",
        "database_driver": "aiosqlite",
    },
    {
        "project_name": AWKWARD_NAME,
        "project_description": AWKWARD_NAME,
        "author_name": AWKWARD_NAME,
        "author_email": "o'neil+{shop}@söhne.example",
        "project_slug": LONG_SLUG,
        "database_driver": "asyncpg",
        "pooling_mode": "queue",
        "concurrent_requests": 100_000,
        "queries_per_request": 1,
        "instances": 1,
        "max_connections": 100_000,
    },
    {
        "project_name": "X",
        "project_slug": "x",
        "project_description": "x",
        "author_name": "x",
        "database_driver": "asyncpg",
        "pooling_mode": "asyncpg",
        "concurrent_requests": 1,
        "instances": 45,
    },
    {
        "project_slug": "x",
        "database_driver": "asyncpg",
        "pooling_mode": "pgbouncer",
        "concurrent_requests": 1,
    },
]
"""Answers that a row each has; the choices which they leave open are made for coverage."""


def all_or_nothing() -> Iterator[Row]:
    """For each question that takes several: every choice, the last first, and none."""
    for name, question in questions().items():
        if question.get("multiselect"):
            factors = [f"{name}.{choice}" for choice in choices(name)]
            last_first = factors_of(name)[f"{name}.{ORDER}"][-1]
            yield dict.fromkeys(factors, ON) | {f"{name}.{ORDER}": last_first}
            yield dict.fromkeys(factors, OFF)


def rows(strength: int, seeds: list[Row], attempts: int) -> list[Row]:
    return cover(space(), strength, seeds, attempts)


def compute() -> dict[str, Any]:
    presets = [{"preset": preset} for preset in PRESETS]
    # As users get them who answer nothing else; `row_of` tells what that makes of each factor.
    seeds = [row_of(ask(answers).answers) for answers in presets]
    seeds += [row_of(answers) for answers in EXTREMES]
    pairs = rows(2, [*seeds, *all_or_nothing()], attempts=50)
    triples = rows(3, pairs, attempts=10)
    answers = [answers_of(row) for row in triples]
    answers[: len(presets)] = presets
    for place, extreme in enumerate(EXTREMES, start=len(presets)):
        answers[place] |= extreme
    return {"pairs": len(pairs), "answers": answers}


def _kept() -> dict[str, Any]:
    """Computing takes seconds, and every process of the tests needs the result."""
    sources = [ROOT / "copier.yml", *sorted((ROOT / "extensions").glob("*.jinja"))]
    sources += [ROOT / "tests" / f"{name}.py" for name in MADE_BY]
    key = sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    file = VARIANTS_FOLDER / f"variants-{key[:16]}.json"
    if file.exists():
        kept: dict[str, Any] = json.loads(file.read_text())
        return kept
    computed = compute()
    VARIANTS_FOLDER.mkdir(exist_ok=True)
    for outdated in VARIANTS_FOLDER.glob("variants-*.json"):
        outdated.unlink(missing_ok=True)
    partial = file.with_suffix(".partial")
    partial.write_text(json.dumps(computed))
    partial.replace(file)
    return computed


_ROWS = _kept()

VARIANTS: Mapping[str, Answers] = {
    str(number): answers for number, answers in enumerate(_ROWS["answers"], start=1)
}
"""Answers by the number of the row. Together they hold every valid triple; what is left out keeps
its default."""

PAIRWISE = tuple(VARIANTS)[: _ROWS["pairs"]]
"""The numbers of the rows that hold every valid pair already."""


PROCESSES = ("server", "database_driver", "pooling_mode", "read_replica", "auth")
"""The questions whose answers decide what a process of a service does."""


@cache
def with_processes() -> tuple[str, ...]:
    """The first of the pairwise rows that together hold each pair of answers to `PROCESSES`.

    Tests of processes are half of what a suite costs, and answers to other questions (names, CI,
    Python, middleware, parts) change little of what they do.
    """
    held: set[tuple[object, ...]] = set()
    rows = []
    for number in PAIRWISE:
        row = row_of(ask(VARIANTS[number]).answers)
        levels = [(name, row[name]) for name in PROCESSES]
        if new := {*combinations(levels, 2)} - held:
            held |= new
            rows.append(number)
    return tuple(rows)


def chosen(rows: str) -> tuple[str, ...]:
    """`pairs`, `all`, or numbers with blanks between them. Raises `LookupError` for others."""
    numbers = {"pairs": PAIRWISE, "all": tuple(VARIANTS)}.get(rows) or tuple(rows.split())
    if unknown := [number for number in numbers if number not in VARIANTS]:
        raise LookupError(f"no variant {', '.join(unknown)}: there are 1 to {len(VARIANTS)}")
    return numbers


def description(number: str) -> str:
    """The row as options of `copier copy`, without the texts."""
    told = {name: VARIANTS[number][name] for name in VARIANTS[number] if is_told(name)}
    texts = {name: f"[{','.join(v)}]" if isinstance(v, list) else v for name, v in told.items()}
    return " ".join(f"-d {name}={value}" for name, value in texts.items())


def is_told(name: str) -> bool:
    question = questions()[name]
    return question.get("ask", True) and (bool(choices(name)) or question["type"] != "str")


def matrix(numbers: tuple[str, ...], shards: int) -> dict[str, Any]:
    """Dealt out like cards, so that each shard has some of the first and of the last."""
    hands = [numbers[first::shards] for first in range(min(shards, len(numbers)))]
    return {
        "include": [{"shard": n, "rows": " ".join(hand)} for n, hand in enumerate(hands, start=1)]
    }
