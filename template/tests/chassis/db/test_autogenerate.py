"""Migrations that are written from models see what changed, and run, on both databases."""

import asyncio
from collections.abc import Callable, Generator
from enum import Enum, StrEnum
from io import StringIO
from typing import Any

import alembic
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.operations.ops import DowngradeOps, UpgradeOps
from sqlalchemy import CheckConstraint, Column, Connection, Index, MetaData, Table

from app.chassis.config import ChassisSettings
from app.chassis.db import DatabaseSettings
from app.chassis.db.autogenerate import OFFLINE, OPTIONS
from app.chassis.db.columns import ENUM, NAMES
from app.chassis.db.driver import create_migration_engine

from ..database import another_database, run_script


class Kind(StrEnum):
    BY_SEA = "by sea"
    BY_AIR = "by air"


def enum_of(kind: type[Enum]) -> sa.types.TypeEngine[Any]:
    """As a `Mapped[Kind]` becomes one."""
    resolved = ENUM._resolve_for_python_type(kind, kind, kind)
    assert resolved
    return resolved


class More(StrEnum):
    BY_SEA = "by sea"
    BY_ROAD = "by road, over the mountains"


Part = Column[Any] | CheckConstraint | Index


def model(*parts: Part, name: str | None = None, kind: type[Enum] = Kind) -> MetaData:
    """One table, with some parts more."""
    metadata = MetaData(naming_convention=NAMES)
    columns: list[Column[Any]] = [
        Column("id", sa.Integer, primary_key=True),
        Column("name", sa.String(20), server_default=name),
        Column("kind", enum_of(kind)),
        Column("weight", sa.Integer, server_default=sa.text("1")),
    ]
    Table("crates", metadata, *columns, *parts)
    return metadata


def check(condition: str) -> CheckConstraint:
    return CheckConstraint(condition, name="weight_in_bounds")


def index(expression: str, **options: Any) -> Index:
    return Index("ix_crates_odd", sa.text(expression), **options)


def column() -> Column[Any]:
    return Column("more", enum_of(Kind), CheckConstraint("more <> 'x'", name="more_known"))


CHANGES: dict[str, tuple[Callable[[], MetaData], Callable[[], MetaData]]] = {
    "a check comes": (model, lambda: model(check("weight > 0"))),
    "a check changes": (
        lambda: model(check("weight > 0")),
        lambda: model(check("weight IN (1, 2) AND name <> '100% :x'")),
    ),
    "a check goes": (lambda: model(check("weight > 0")), model),
    "a default comes": (model, lambda: model(name="it's new")),
    "a default that is never twice the same comes": (
        lambda: model(Column("share", sa.Float)),
        lambda: model(Column("share", sa.Float, server_default=sa.text("(abs(random() + 0))"))),
    ),
    "a default changes": (lambda: model(name="old"), lambda: model(name="new")),
    "a default goes": (lambda: model(name="old"), model),
    "a column with an enum comes": (model, lambda: model(column())),
    "an index on an expression comes": (model, lambda: model(index("lower(name)"))),
    "an index on an expression changes": (
        lambda: model(index("lower(name)")),
        lambda: model(index("upper(name)", unique=True)),
    ),
    "an index on an expression goes": (lambda: model(index("lower(name)")), model),
    "the table is copied with its index": (
        lambda: model(index("lower(name)")),
        lambda: model(index("lower(name)"), check("weight > 0")),
    ),
    "index and check come": (model, lambda: model(index("lower(name)"), check("weight > 0"))),
    "index and check go": (lambda: model(index("lower(name)"), check("weight > 0")), model),
}


@pytest.fixture(scope="module")
def another(settings: ChassisSettings) -> Generator[DatabaseSettings]:
    with another_database(settings.database) as database:
        yield database


@pytest.fixture
def empty(another: DatabaseSettings) -> Generator[DatabaseSettings]:
    yield another
    on(another, drop_tables)


def drop_tables(connection: Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    tables.drop_all(connection)


def on(database: DatabaseSettings, work: Callable[[Connection], None]) -> None:
    async def connect() -> None:
        async with create_migration_engine(database).begin() as connection:
            await connection.run_sync(work)

    asyncio.run(connect())


def context_of(connection: Connection, metadata: MetaData) -> MigrationContext:
    return MigrationContext.configure(connection, opts=OPTIONS | {"target_metadata": metadata})


def differences(connection: Connection, metadata: MetaData) -> list[Any]:
    found: list[Any] = compare_metadata(context_of(connection, metadata), metadata)
    return found


def code_of(context: MigrationContext, operations: UpgradeOps | DowngradeOps | None) -> str:
    """As it would stand in a migration."""
    assert operations
    return render_python_code(operations, render_as_batch=True, migration_context=context)


def run(context: MigrationContext, code: str) -> None:
    with Operations.context(context):
        exec(f"if True:\n    {code}", {"op": alembic.op, "sa": sa})


def code_from(connection: Connection, metadata: MetaData) -> str:
    """What leads to the models from what the database has."""
    context = context_of(connection, metadata)
    return code_of(context, produce_migrations(context, metadata).upgrade_ops)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changes_in_a_model_is_seen_and_migrated(empty: DatabaseSettings, change: str) -> None:
    before, after = (make() for make in CHANGES[change])

    def change_and_back(connection: Connection) -> None:
        before.create_all(connection)
        connection.execute(sa.text("INSERT INTO crates (id, name) VALUES (1, 'A')"))
        assert differences(connection, before) == []
        assert differences(connection, after) != []
        context = context_of(connection, after)
        script = produce_migrations(context, after)
        for operations, then in (
            (script.upgrade_ops, after),
            (script.downgrade_ops, before),
            (script.upgrade_ops, after),
        ):
            run(context, code_of(context, operations))
            assert differences(connection, then) == []
        assert connection.scalar(sa.text("SELECT name FROM crates")) == "A"

    on(empty, change_and_back)


@pytest.mark.parametrize("change", CHANGES)
def test_so_is_it_by_a_script(empty: DatabaseSettings, change: str) -> None:
    """Which is written without a database, but with what it does before."""
    before, after = (make() for make in CHANGES[change])
    script = StringIO()

    def write(connection: Connection) -> None:
        codes = [code_from(connection, before)]
        before.create_all(connection)
        codes.append(code_from(connection, after))
        before.drop_all(connection)
        for code in codes:
            run(offline, code)

    offline = MigrationContext.configure(
        dialect_name=OFFLINE["dialect_name"],
        dialect_opts=OFFLINE["dialect_opts"],
        opts=OPTIONS | OFFLINE | {"as_sql": True, "output_buffer": script},
    )
    on(empty, write)
    run_script(empty, script.getvalue())

    def compare(connection: Connection) -> None:
        assert differences(connection, after) == []

    on(empty, compare)


def test_one_more_member_of_an_enum_needs_no_migration(empty: DatabaseSettings) -> None:
    def store(connection: Connection) -> None:
        model().create_all(connection)
        more = model(kind=More)
        assert differences(connection, more) == []
        connection.execute(more.tables["crates"].insert(), {"id": 1, "kind": More.BY_ROAD})
        assert connection.scalar(sa.text("SELECT kind FROM crates")) == More.BY_ROAD.value

    on(empty, store)
