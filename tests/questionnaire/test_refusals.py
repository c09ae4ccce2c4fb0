"""Answers that are refused, before anything is written, in words that a person can act on."""

from pathlib import Path
from typing import Any

import pytest

from tests.questionnaire.answering import ask
from tests.rendering.renders import Renderer

Refusal = tuple[dict[str, Any], str]
"""Answers, and what the message must say."""

POSTGRES = {"database_driver": "asyncpg"}
HARMFUL = "leave them out"
NOT_KEBAB = "use ASCII letters, digits and single hyphens"

BAD_TEXT: list[Refusal] = [
    ({"project_name": ""}, "write at least one character"),
    ({"project_name": "  "}, "write at least one character"),
    ({"project_name": "x" * 200}, "It has 200 characters: at most 60 fit"),
    ({"project_name": 'Say "hi"'}, HARMFUL),
    ({"project_name": "two\nlines"}, HARMFUL),
    ({"project_name": "back\\slash"}, HARMFUL),
    ({"project_name": "{{ braces }}"}, HARMFUL),
    ({"project_name": "{% braces"}, HARMFUL),
    ({"project_description": ""}, "write at least one character"),
    ({"project_description": "x" * 201}, "at most 200 fit"),
    ({"project_description": 'a "quote"'}, HARMFUL),
    ({"author_name": ""}, "write at least one character"),
    ({"author_name": "x" * 101}, "at most 100 fit"),
    ({"author_name": 'Ada "the" Countess'}, HARMFUL),
    ({"author_email": "ada"}, "write one like ada@example.org, or leave it empty"),
    ({"author_email": "ada@example.org\n"}, "write one like ada@example.org"),
]
UNSEEN = {
    "Cc": "\x85",
    "Cf": "\u200b",
    "Cf, which turns": "\u202e",
    "Cf, beyond 16 bits": "\U000e0041",
    "Zl": "\u2028",
    "Zp": "\u2029",
    "Cn": "\u0378",
    "Cn, which never will be": "\uffff",
}
BAD_TEXT += [
    ({question: f"Ada{character}Lovelace"}, "which is invisible or changes the direction of text")
    for question in ("project_name", "project_description", "author_name")
    for character in UNSEEN.values()
]
BAD_EMAILS: list[Refusal] = [
    ({"author_email": email}, "write one like ada@example.org, or leave it empty")
    for email in (
        "ada..b@example.org",
        ".ada@example.org",
        "ada.@example.org",
        "ada@-x-.org",
        "ada@x-.org",
        "ada@example..org",
        "ada@.example.org",
        "ada@example.org.",
        "ada@example",
        "ada@192.0.2.1",
        "ada@exam_ple.org",
        "ada lovelace@example.org",
        "ada@lovelace@example.org",
        "@example.org",
        "ada@",
        "ada,grace@example.org",
        "<ada@example.org>",
        'a"da@example.org',
        "a\\da@example.org",
        f"{'a' * 65}@example.org",
        f"ada@{'a' * 64}.org",
        "ada\u200b@example.org",
        "ada@exa\u202emple.org",
        "{{ada}}@example.org",
    )
]
GOOD_EMAILS = [
    "ada@example.org",
    "o'brien@example.org",
    "ada@bücher.example",
    "ada@xn--bcher-kva.example",
    "用户@例子.广告",
    "अदा@उदाहरण.भारत",
    "ada+tag.of_hers@a-b.example.org",
    "!#$%&'*+/=?^_`{|}~-@example.org",
    f"{'a' * 64}@{'a' * 63}.org",
    "ada@4you.example",
    "a@b.co",
]
GOOD_TEXT = [
    "Bücher & Söhne",
    "Ada's «Café» №5",
    "例子",
    "a\u00a0b",
    "\u3000a",
    "🐍 e\u0301",
    "\uf8ff",
]
BAD_SLUGS: list[Refusal] = [
    ({"project_slug": ""}, NOT_KEBAB),
    ({"project_slug": "my service"}, NOT_KEBAB),
    ({"project_slug": "My-Service"}, NOT_KEBAB),
    ({"project_slug": "caffè"}, NOT_KEBAB),
    ({"project_slug": "my_service"}, NOT_KEBAB),
    ({"project_slug": "2nd-try"}, NOT_KEBAB),
    ({"project_slug": "shop\n"}, NOT_KEBAB),
    ({"project_slug": "class"}, "choose another, for example class-service"),
    ({"project_slug": "fastapi"}, "choose another, for example fastapi-service"),
    ({"project_slug": "mako"}, "choose another, for example mako-service"),
    ({"project_slug": "x" * 41}, "at most 40 fit"),
]
BAD_NUMBERS: list[Refusal] = [
    ({**POSTGRES, question: value}, fragment)
    for question, most in (
        ("concurrent_requests", 100_000),
        ("queries_per_request", 1000),
        ("instances", 1000),
        ("max_connections", 100_000),
    )
    for value, fragment in (
        (-1, f"-1 is out of range: answer a whole number from 1 to {most}"),
        (0, f"0 is out of range: answer a whole number from 1 to {most}"),
        (most + 1, f"{most + 1} is out of range"),
        # These words are Copier's own.
        ("many", "invalid literal for int() with base 10: 'many'"),
        ("1.5", "invalid literal for int() with base 10: '1.5'"),
    )
]
BAD_FLEETS: list[Refusal] = [
    (
        {**POSTGRES, "instances": 91},
        "91 instances need at least 91 connections (1 each), but max_connections=100 leaves 90 "
        "after 10 for administration: raise max_connections to 101, run at most 90 instances",
    ),
    ({**POSTGRES, "instances": 46, "pooling_mode": "asyncpg"}, "run at most 45 instances"),
    ({**POSTGRES, "max_connections": 11}, "raise max_connections to 12"),
]
BAD_CHOICES: list[Refusal] = [
    ({"pooling_mode": "pgbouncer"}, "answer database_driver=asyncpg, or pooling_mode=queue"),
    ({"pooling_mode": "asyncpg"}, "answer database_driver=asyncpg, or pooling_mode=queue"),
    ({"pooling_mode": "none"}, "'none' is not in ['queue', 'null']"),
    ({**POSTGRES, "pooling_mode": "x"}, "not in ['queue', 'pgbouncer', 'null', 'asyncpg']"),
    ({"database_driver": "mysql"}, "'mysql' is not in ['aiosqlite', 'asyncpg']"),
    ({"middleware": ["magic"]}, "'magic' is not in ['cors',"),
    ({"middleware": "[magic]"}, "'magic' is not in ['cors',"),
    ({"middleware": ["gzip", "cors", "gzip"]}, "gzip, cors, gzip names one twice"),
    ({"middleware": "[gzip, cors, gzip]"}, "gzip, cors, gzip names one twice"),
    ({"middleware": "gzip"}, "Not a YAML list: 'gzip'"),
    ({"capabilities": ["magic"]}, "'magic' is not in ['metrics'"),
    ({"capabilities": ["metrics", "metrics"]}, "metrics, metrics names one twice"),
    ({"license": "GPL"}, "'GPL' is not in ['MIT', 'Apache-2.0', 'BSD-3-Clause', 'Proprietary']"),
    ({"python_version": "3.10"}, "'3.10' is not in ['3.11', '3.12', '3.13', '3.14']"),
    ({"server": "gunicorn"}, "'gunicorn' is not in ['uvicorn', 'granian']"),
    ({"ci": "jenkins"}, "'jenkins' is not in ['github', 'gitlab', 'none']"),
    ({"preset": "huge"}, "'huge' is not in ['minimal', 'standard', 'full']"),
    ({"kind": "library"}, "'library' is not in ['project'"),
    ({"generation": 0}, "0 is out of range"),
    ({"generation": 4}, "4 is out of range"),
]


@pytest.mark.parametrize(
    ("answers", "fragment"),
    BAD_TEXT + BAD_EMAILS + BAD_SLUGS + BAD_NUMBERS + BAD_FLEETS + BAD_CHOICES,
)
def test_a_bad_answer_is_refused_before_anything_is_written(
    renderer: Renderer, tmp_path: Path, answers: dict[str, Any], fragment: str
) -> None:
    with pytest.raises((ValueError, TypeError)) as refusal:
        renderer.anew(tmp_path / "service", **answers)
    assert fragment in str(refusal.value)
    assert not (tmp_path / "service").exists()


@pytest.mark.parametrize("email", GOOD_EMAILS)
def test_every_address_is_taken(email: str) -> None:
    assert ask({"author_email": email}).answers["author_email"] == email


@pytest.mark.parametrize("text", GOOD_TEXT)
def test_text_may_be_in_any_script(text: str) -> None:
    questions = ("project_name", "project_description", "author_name")
    answers = dict.fromkeys(questions, text)
    taken = ask(answers).answers

    assert {name: taken[name] for name in questions} == answers


def test_a_refusal_names_the_character() -> None:
    with pytest.raises(ValueError, match=r'It holds "\\u202e", which is invisible'):
        ask({"project_name": "Shop\u202e"})


def test_a_bad_default_of_the_person_is_refused_as_well(copie: Any, renderer: Renderer) -> None:
    """The plugin `pytest-copie` gives its answers as Copier's settings file does."""
    result = copie.copy({"project_slug": "My Service"}, template_dir=renderer.template)
    assert NOT_KEBAB in str(result.exception)
    assert not any(path.is_file() for path in copie.test_dir.rglob("*"))


def test_a_good_default_of_the_person_is_taken(copie: Any, renderer: Renderer) -> None:
    result = copie.copy({"project_slug": "shop", "ci": "none"}, template_dir=renderer.template)
    assert result.exception is None
    assert (result.answers["project_slug"], result.answers["ci"]) == ("shop", "none")
    assert 'name = "shop"' in (result.project_dir / "pyproject.toml").read_text()
