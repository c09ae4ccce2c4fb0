"""The service is not ready before the database has what its migrations bring."""

from collections.abc import Generator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.db import open_database
from app.chassis.db.schema import read_schema
from app.chassis.migrated import migrated, migrations_of

from ..database import another_database
from ..running import Running, running

PLAIN = """
revision: str = {revision!r}
down_revision: str | None = {before!r}
depends_on = None
"""


def write(folder: Path, *revisions: str) -> None:
    """Each follows the one before."""
    versions = folder / "versions"
    versions.mkdir(exist_ok=True)
    for before, revision in zip((None, *revisions), revisions, strict=False):
        path = versions / f"{revision}.py"
        path.write_text(PLAIN.format(revision=revision, before=before))


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """Three of them, of which none can run."""
    folder = tmp_path / "migrations"
    folder.mkdir()
    write(folder, "one", "two", "three")
    (folder / "versions" / "notes.py").write_text("import nothing_of_this_name")
    return folder


@pytest.mark.parametrize(
    ("found", "is_ready"),
    [
        ("", False),
        ("one", False),
        ("two", False),
        ("three", True),
        ("four", True),  # ahead: the service has been rolled back, or others are ahead of it
        ("one four", False),
        ("three other", True),
    ],
)
def test_a_database_may_be_ahead_and_not_behind(
    migrations: Path, found: str, is_ready: bool
) -> None:
    assert read_schema(migrations).is_in(frozenset(found.split())) is is_ready


JOINED = 'revision = "joined"\ndown_revision = ("three", "other")\n'
DEPENDENT = 'revision = "dependent"\ndown_revision = None\ndepends_on = "three"\n'


def test_lines_that_were_joined_are_one(migrations: Path) -> None:
    write(migrations, "other")
    both = read_schema(migrations)
    (migrations / "versions" / "joined.py").write_text(JOINED)
    schema = read_schema(migrations)

    assert both.heads == {"three", "other"}
    assert not both.is_in(frozenset({"three"}))
    assert schema.heads == {"joined"}
    assert not schema.is_in(frozenset({"three", "other"}))


def test_what_another_line_depends_on_need_not_be_named(migrations: Path) -> None:
    (migrations / "versions" / "dependent.py").write_text(DEPENDENT)
    schema = read_schema(migrations)

    assert schema.is_in(frozenset({"dependent"}))
    assert schema.is_in(frozenset({"dependent", "three"}))


def test_without_migrations_nothing_is_awaited(tmp_path: Path) -> None:
    assert read_schema(tmp_path).is_in(frozenset())


def test_migrations_may_be_apart_from_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = tmp_path / "site-packages" / "app" / "main.py"
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    assert migrations_of(installed) is None
    (work / "migrations").mkdir()
    assert migrations_of(installed) == work / "migrations"


@pytest.fixture
def empty(settings: ChassisSettings) -> Generator[ChassisSettings]:
    with another_database(settings.database) as database:
        yield settings.model_copy(update={"database": database})


async def run(settings: ChassisSettings, *statements: str) -> None:
    """As a process of its own does."""
    async with (
        open_database(settings.database) as database,
        database.writer.begin() as connection,
    ):
        for statement in statements:
            await connection.execute(text(statement))


def at(revision: str) -> tuple[str, ...]:
    """What says that a database is there."""
    return (
        "CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))",
        "DELETE FROM alembic_version",
        f"INSERT INTO alembic_version VALUES ('{revision}')",
    )


def app_with(migrations: Path, settings: ChassisSettings) -> FastAPI:
    parts = [migrated(str(migrations.parent / "src" / "app" / "main.py"))]
    return build_app(settings, title="X", middleware=[], parts=parts, routers=[])


async def is_ready(service: Running) -> bool:
    """The next question, without those that share an answer."""
    service.state["readiness"]._fresh_until = 0
    return (await service.client.get("/health/ready")).status_code == 200


async def test_it_gets_ready_when_the_database_has_been_migrated(
    empty: ChassisSettings, migrations: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(app_with(migrations, empty)) as service:
        answers = [await is_ready(service), await is_ready(service)]
        for revision in ("two", "three", "one"):
            await run(empty, *at(revision))
            answers.append(await is_ready(service))

    assert answers == [False, False, False, True, True], "once it is right nobody asks again"
    said = [r.getMessage() for r in caplog.records if "not ready" in r.getMessage()]
    assert [line.partition(": ")[2] for line in said] == [
        "the database has not been migrated, and this version needs three",
        "the database is at migration two, and this version needs three",
    ]


async def test_the_answer_says_that_it_is_the_schema(
    empty: ChassisSettings, migrations: Path
) -> None:
    async with running(app_with(migrations, empty)) as service:
        refused = await service.client.get("/health/ready")

    assert (refused.status_code, refused.json()["type"]) == (503, "urn:problem-type:not-ready")
    assert "as this version of the service needs it" in refused.json()["detail"]
