"""Every question: its default, and what its answer does."""

import ast
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.rendering.renders import Answers, Render, Renderer, questions
from tests.variants.numbered import MIDDLEWARE

POSTGRES = {"database_driver": "asyncpg"}
SIZING = {
    "concurrent_requests": 100,
    "queries_per_request": 3,
    "instances": 2,
    "max_connections": 100,
}
NEVER_ASKED = {"kind", "generation", "layout", "began_with_accounts"}
DEFAULTS: dict[str, Any] = {
    "kind": "project",
    "generation": 3,
    "layout": 2,
    "project_name": "My Service",
    "project_slug": "my-service",
    "project_description": "An HTTP API with FastAPI and SQLAlchemy.",
    "author_name": "My Service maintainers",
    "author_email": "",
    "license": "MIT",
    "python_version": "3.11",
    "preset": "standard",
    "database_driver": "aiosqlite",
    "pooling_mode": "queue",
    "middleware": ["cors", "request_id", "timing", "access_log", "security_headers"],
    "auth": "jwt",
    "began_with_accounts": True,
    "capabilities": ["metrics", "http_client"],
    "server": "uvicorn",
    "ci": "github",
}
ON_A_SERVER = {"read_replica": False}
EFFECTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "kind": ({}, ".copier-answers.yml", "kind: project"),
    "generation": ({}, ".copier-answers.yml", "generation: 3"),
    "layout": ({}, ".copier-answers.yml", "layout: 2"),
    "began_with_accounts": (
        {"preset": "minimal"},
        ".copier-answers.yml",
        "began_with_accounts: false",
    ),
    "project_name": ({"project_name": "Shop"}, "src/app/main.py", 'title="Shop"'),
    "project_slug": ({"project_slug": "shop-api"}, "pyproject.toml", 'name = "shop-api"'),
    "project_description": (
        {"project_description": "Sells."},
        "pyproject.toml",
        'description = "Sells."',
    ),
    "author_name": ({"author_name": "Ada"}, "pyproject.toml", 'name = "Ada" }'),
    "author_email": ({"author_email": "a@b.org"}, "pyproject.toml", 'email = "a@b.org"'),
    "license": ({"license": "Apache-2.0"}, "LICENSE", "Apache License"),
    "python_version": ({"python_version": "3.13"}, "pyproject.toml", 'python = ">=3.13"'),
    "preset": ({"preset": "full"}, "src/app/chassis/middleware/__init__.py", "    gzip,"),
    "database_driver": (POSTGRES, "src/app/chassis/db/driver.py", "PostgreSQL through asyncpg"),
    "pooling_mode": (
        {"pooling_mode": "null"},
        "src/app/chassis/db/engine.py",
        "SQLite without pools",
    ),
    "concurrent_requests": (
        {**POSTGRES, "concurrent_requests": 20},
        "src/app/chassis/db/engine.py",
        "pool_size: int = Field(default=10,",
    ),
    "queries_per_request": (
        {**POSTGRES, "queries_per_request": 10},
        "src/app/chassis/db/engine.py",
        "pool_size: int = Field(default=15,",
    ),
    "instances": ({**POSTGRES, "instances": 5}, "src/app/chassis/db/limits.py", "Field(default=5,"),
    "max_connections": (
        {**POSTGRES, "max_connections": 50},
        "src/app/chassis/db/engine.py",
        "pool_size: int = Field(default=20,",
    ),
    "read_replica": (
        {**POSTGRES, "read_replica": True},
        "src/app/chassis/db/replica.py",
        "Reads go to a replica",
    ),
    "middleware": ({"middleware": ["gzip"]}, "src/app/chassis/middleware/__init__.py", "    gzip,"),
    "auth": ({"preset": "minimal", "auth": "jwt"}, "src/app/api/rules/users.py", "RULES"),
    "capabilities": (
        {"preset": "minimal", "capabilities": ["metrics"]},
        "src/app/chassis/parts/chosen.py",
        "metrics.opened",
    ),
    "server": ({"server": "granian"}, "pyproject.toml", "granian["),
    "ci": ({"ci": "gitlab"}, ".gitlab-ci.yml", "just check-all"),
}


def asked() -> list[str]:
    return [name for name, question in questions().items() if question.get("when") is not False]


def test_every_question_has_a_default_and_says_what_it_wants() -> None:
    for name, question in questions().items():
        assert "default" in question, name
        assert "help" in question or question.get("when") is False or name in NEVER_ASKED, name


def test_every_question_is_a_choice_or_checks_its_answer() -> None:
    for name in asked():
        question = questions()[name]
        assert question["type"] == "bool" or question.keys() & {"choices", "validator"}, name


def test_the_defaults_are_the_standard_preset_on_sqlite(renderer: Renderer) -> None:
    assert renderer.render().recorded() == DEFAULTS
    assert renderer.render().files() == renderer.render(preset="standard").files()


def test_every_question_has_a_test_of_its_default_and_of_its_effect() -> None:
    assert set(asked()) == {*DEFAULTS, *SIZING, *ON_A_SERVER}
    assert set(asked()) == set(EFFECTS)


@pytest.mark.parametrize("question", EFFECTS)
def test_an_answer_has_its_effect(renderer: Renderer, question: str) -> None:
    answers, path, expected = EFFECTS[question]
    assert expected in renderer.render(**answers).read(path)
    if question not in NEVER_ASKED:  # which have one value only
        without = {key: value for key, value in answers.items() if key != question}
        other = renderer.render(**without)
        assert not (other.folder / path).exists() or expected not in other.read(path)


def test_sizes_are_asked_and_recorded_only_for_a_pool_on_a_server(renderer: Renderer) -> None:
    def sizes(**answers: Any) -> dict[str, Any]:
        recorded = renderer.render(**answers).recorded()
        return {key: value for key, value in recorded.items() if key in SIZING}

    assert sizes() == {}
    assert sizes(**POSTGRES, pooling_mode="null") == {}
    for mode in ("queue", "pgbouncer", "asyncpg"):
        assert sizes(**POSTGRES, pooling_mode=mode) == SIZING


def test_a_replica_is_asked_for_only_where_there_is_a_server(renderer: Renderer) -> None:
    for mode in ("queue", "pgbouncer", "null", "asyncpg"):
        recorded = renderer.render(**POSTGRES, pooling_mode=mode).recorded()
        assert ON_A_SERVER.items() <= recorded.items()

    assert renderer.render(read_replica=True).files() == renderer.render().files()


def test_what_is_computed_is_not_recorded(renderer: Renderer) -> None:
    computed = set(questions()) - set(asked())
    assert {"pool_size", "middleware_stack"} <= computed
    for answers in ({}, POSTGRES, {**POSTGRES, "pooling_mode": "asyncpg"}):
        assert not computed & renderer.render(**answers).recorded().keys()


@pytest.mark.parametrize("preset", ["minimal", "standard", "full"])
def test_a_preset_sets_nothing_but_defaults(renderer: Renderer, preset: str) -> None:
    """With every answer that it proposes given by hand, no other preset makes a difference."""
    proposed = renderer.render(preset=preset)
    given = {k: v for k, v in proposed.recorded().items() if k not in {*NEVER_ASKED, "preset"}}
    for other in {"minimal", "standard", "full"} - {preset}:
        files = renderer.render(**given, preset=other).files()
        differing = {path for path in files if files[path] != proposed.files().get(path)}
        assert differing == {".copier-answers.yml"}
        assert files.keys() == proposed.files().keys()


@pytest.mark.parametrize(
    ("answers", "brought"),
    [
        ({"preset": "full"}, True),
        ({"preset": "standard"}, False),
        ({"preset": "minimal"}, False),
        ({"preset": "full", "generation": 2, "layout": 2}, False),
    ],
)
def test_tracing_comes_with_new_projects_of_full_alone(
    renderer: Renderer, answers: Answers, brought: bool
) -> None:
    recorded = renderer.render(**answers).recorded()
    assert ("tracing" in recorded["capabilities"]) is brought


def stack_of(render: Render) -> list[str]:
    for statement in ast.parse(render.read("src/app/chassis/middleware/__init__.py")).body:
        if isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) == "STACK":
            assert isinstance(statement.value, ast.Tuple)
            return [ast.unparse(layer) for layer in statement.value.elts]
    raise LookupError("no STACK")


def test_the_order_in_which_middleware_is_given_makes_no_difference(renderer: Renderer) -> None:
    forwards = renderer.render(middleware=list(MIDDLEWARE))
    backwards = renderer.render(middleware=list(reversed(MIDDLEWARE)))
    as_text = renderer.render(middleware=f"[{', '.join(reversed(MIDDLEWARE))}]")
    inner = ["no_store", "problems", "metrics", "deadline", *MIDDLEWARE[5:], "body_limit"]
    assert stack_of(forwards) == ["proxy_headers", *MIDDLEWARE[:5], *inner]
    assert forwards.files() == backwards.files() == as_text.files()


def test_a_service_may_do_without_middleware(renderer: Renderer) -> None:
    always = ["proxy_headers", "no_store", "problems", "deadline", "body_limit"]
    assert stack_of(renderer.render(middleware=[], capabilities=[])) == always


def test_a_person_who_told_copier_a_name_is_proposed_as_the_author(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "settings.yml").write_text(
        "defaults: {user_name: Ada Lovelace, user_email: ada@example.org}\n"
    )
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(tmp_path / "settings.yml"))
    pyproject = tomllib.loads(renderer.anew(tmp_path / "it").read("pyproject.toml"))
    assert pyproject["project"]["authors"] == [{"name": "Ada Lovelace", "email": "ada@example.org"}]
