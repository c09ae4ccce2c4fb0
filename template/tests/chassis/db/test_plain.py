"""Plain rows run straight on the driver, and nobody can tell."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import (
    Dialect,
    Float,
    Integer,
    Row,
    Select,
    String,
    TypeDecorator,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy.exc import CompileError, PendingRollbackError
from sqlalchemy.sql.dml import ReturningInsert

from app.chassis.config import ChassisSettings
from app.chassis.db import open_database, plain
from app.chassis.db.columns import JSON_OBJECT
from app.chassis.db.database import Database
from app.chassis.db.plain_driver import missing_names
from app.chassis.db.repository import Repository
from app.chassis.db.session import ReadSession, Session

from ..things.factory import box_body, store_box
from ..things.repositories import BoxRepository, ItemRepository, ParcelRepository
from ..things.tables import Box, Kind, Parcel
from .ways import straight, through_sqlalchemy

_BOXES, _PARCELS = Box.__table__.columns, Parcel.__table__.columns
BY_LABEL = select(*_BOXES).where(_BOXES.label == bindparam("label"))
PARCEL = select(*_PARCELS).where(_PARCELS.id == bindparam("id"))
PARCELS = [
    {
        "kind": Kind.BY_AIR,
        "weight": -7,
        "price": Decimal("1234567.80"),
        "sent_on": date(2026, 2, 28),
        "arrives_at": datetime(2026, 3, 1, 12, 30, 1, 5, tzinfo=UTC),
        "takes": timedelta(days=1, microseconds=3),
        "labels": {"b": {"c": 1.5}, "a": [1, None, "ü"]},
    },
    {
        "kind": Kind.BY_SEA,
        "weight": 0,
        "price": Decimal(0),
        "sent_on": None,
        "arrives_at": None,
        "takes": None,
        "labels": None,
    },
]
_STATEMENTS: Sequence[Select[Any] | ReturningInsert[Any]] = [
    BY_LABEL,
    PARCEL,
    *[kind._insert for kind in (BoxRepository, ItemRepository, ParcelRepository)],
    *[getattr(BoxRepository, name) for name in ("_one", "_page", "_page_after")],
]


@pytest.fixture(autouse=True)
def known() -> None:
    """What runs for the first time goes through SQLAlchemy."""
    for statement in _STATEMENTS:
        next(plain._uses(statement))


async def in_both_sessions(
    database: Database, statement: Select[*tuple[Any, ...]], **parameters: Any
) -> list[Row[*tuple[Any, ...]] | None]:
    """The row that a read session gives, and the one that a unit of work gives."""
    async with database.transaction() as session:
        return [
            await database.reader.row(statement, **parameters),
            await session.row(statement, **parameters),
        ]


def told(row: Row[*tuple[Any, ...]] | None) -> list[Any]:
    """All that can be known of a row."""
    assert isinstance(row, Row)
    by_column = [row._mapping[column] for column in _PARCELS]
    return [row._fields, row, [type(value) for value in row], row._asdict(), by_column]


@pytest.mark.parametrize("values", PARCELS, ids=["full", "empty"])
async def test_rows_are_the_same_both_ways(database: Database, values: dict[str, Any]) -> None:
    async with database.transaction() as session:
        with straight() as ran:
            added = await ParcelRepository(session).add_row(**values)
        assert len(ran) == 1

    with straight() as ran:
        plainly = await in_both_sessions(database, PARCEL, id=added.id)
    assert len(ran) == 2
    with through_sqlalchemy() as ran:
        usual = await in_both_sessions(database, PARCEL, id=added.id)
    assert len([sql for sql in ran if "parcels" in sql]) == 2

    assert {name: getattr(added, name) for name in values} == values
    for row in (*plainly, *usual):
        assert told(row) == told(added)
        with pytest.raises(AttributeError):
            _ = row.nothing  # type: ignore[union-attr]


async def test_rows_that_were_added_through_sqlalchemy_are_the_same(database: Database) -> None:
    async with database.transaction() as session:
        with through_sqlalchemy():
            added = await ParcelRepository(session).add_row(**PARCELS[0])

    for row in await in_both_sessions(database, PARCEL, id=added.id):
        assert told(row) == told(added)


class Shout(TypeDecorator[str]):
    """A type with Python code in both directions."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, _: Dialect) -> str | None:
        return value and value.upper()

    def process_result_value(self, value: str | None, _: Dialect) -> str | None:
        return value and f"{value}!"


CONVERTED: dict[str, tuple[Select[*tuple[Any, ...]], object]] = {
    "type with Python code": (select(literal("a", Shout()).label("value")), "A!"),
    "JSON": (select(literal({"a": [1, 2]}, JSON_OBJECT).label("value")), {"a": [1, 2]}),
    "fraction": (select(literal(1.25, Float()).label("value")), 1.25),
}


@pytest.mark.parametrize(("statement", "value"), CONVERTED.values(), ids=CONVERTED)
async def test_values_are_converted(
    database: Database, statement: Select[*tuple[Any, ...]], value: object
) -> None:
    next(plain._uses(statement))
    with straight() as ran:
        rows = await in_both_sessions(database, statement)
    assert len(ran) == 2
    assert [row and row.value for row in rows] == [value] * 2


async def test_what_requests_ask_for_runs_straight_on_the_driver(database: Database) -> None:
    with straight() as ran:
        async with database.transaction() as session:
            row = await BoxRepository(session).add_row(**box_body())
        boxes = BoxRepository(database.reader)
        assert await boxes.read(row.id) == row
        assert await boxes.read_page(limit=2) == [row]
        assert await boxes.read_page(limit=2, after=row.id) == []
    assert len(ran) == 4


async def test_a_statement_that_is_built_for_one_request_is_not_compiled(
    database: Database,
) -> None:
    box = await store_box(database)
    compiled = plain.compiled.cache_info().currsize

    def statement() -> Select[Any]:
        return select(_BOXES.label).where(_BOXES.id == box.id)

    async with database.transaction() as session:
        with straight() as ran:
            assert await session.rows(statement()) == [(box.label,)]
            assert await session.rows(statement()) == [(box.label,)]
    assert not ran
    assert plain.compiled.cache_info().currsize == compiled


NEED_SQLALCHEMY: dict[str, Select[*tuple[Any, ...]]] = {
    "entities": select(Box),
    "list": select(_BOXES.label).where(_BOXES.label.in_(["a", "b"])),
    "parameter made at run time": select(bindparam("made", callable_=lambda: 3, type_=Integer)),
    "SQL of one's own": select(literal_column("1")),
    "two columns of one name": select(literal(1).label("same"), literal(2).label("same")),
    "options": select(literal(1).label("one")).execution_options(stream_results=False),
}


@pytest.mark.parametrize("statement", NEED_SQLALCHEMY.values(), ids=NEED_SQLALCHEMY)
async def test_a_statement_that_needs_sqlalchemy_gets_it(
    database: Database, statement: Select[*tuple[Any, ...]]
) -> None:
    async with database.transaction() as session:
        usual = (await session.execute(statement)).all()
    with straight() as ran:
        for _ in range(2):
            async with database.transaction() as session:
                assert await session.rows(statement) == usual
            assert await database.reader.rows(statement) == usual
    assert not ran


Violation = Callable[[Session], Awaitable[Any]]


def violating(repository: type[Repository[Any]], /, **values: Any) -> Violation:
    return lambda session: repository(session).add_row(**values)


VIOLATIONS = {
    "unique": violating(BoxRepository, **box_body(label="Taken")),
    "foreign key": violating(ItemRepository, box_id=uuid4(), text="x"),
    "not null": violating(BoxRepository, label="x", note=None),
    "unknown value": violating(ParcelRepository, **{**PARCELS[0], "kind": "by foot"}),
    "wrong type": violating(ParcelRepository, **{**PARCELS[0], "sent_on": "yesterday"}),
    "too long": violating(BoxRepository, label="x" * 101, note=""),
    "unknown column": violating(BoxRepository, nothing=1),
    "missing parameter": lambda session: session.rows(BY_LABEL),
}


@pytest.mark.parametrize("violate", VIOLATIONS.values(), ids=VIOLATIONS)
async def test_errors_are_the_same_both_ways(database: Database, violate: Violation) -> None:
    async def outcome() -> list[Any]:
        """The errors, from the service's own to the driver's."""
        errors: list[BaseException | None] = []
        try:
            async with database.transaction() as session:
                await BoxRepository(session).add_row(**box_body(label="Taken"))
            async with database.transaction() as session:
                await violate(session)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is compared
            errors = [error, error.__cause__, error.__cause__ and error.__cause__.__cause__]
        return [
            (type(error), str(error).partition("\n")[0], getattr(error, "statement", None))
            for error in errors
        ]

    with straight() as ran:
        plainly = await outcome()
    async with database.transaction() as session:
        await session.execute(delete(Box))
    with through_sqlalchemy():
        usual = await outcome()
    assert ran
    assert plainly == usual


async def test_a_unit_of_work_goes_on_in_the_hands_of_sqlalchemy(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        with straight() as ran:
            row = await boxes.add_row(**box_body())
            entity = await boxes.get(row.id)
            assert entity is not None
            await boxes.update(entity, {"note": "New"})
            assert await session.row(BY_LABEL, label=row.label) == (
                *(row.id, row.label, "New"),
                *(entity.created_at, entity.updated_at),
            )
        assert len(ran) == 1, "all that follows is SQLAlchemy's"

    stored = await BoxRepository(database.reader).read(row.id)
    assert stored is not None
    assert stored.note == "New"


@pytest.mark.parametrize("then", ["row", "entity"])
async def test_what_began_with_a_row_is_rolled_back_as_a_whole(
    database: Database, then: str
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            boxes = BoxRepository(session)
            await boxes.add_row(**box_body())
            if then == "entity":
                await boxes.add(Box(**box_body()))
            raise ZeroDivisionError

    assert await BoxRepository(database.reader).count() == 0


async def test_commits_and_rollbacks_on_the_way_hold(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        kept = await boxes.add_row(**box_body())
        await session.commit()
        await boxes.add_row(**box_body())
        await session.rollback()
        also_kept = await boxes.add_row(**box_body())

    read = BoxRepository(database.reader)
    assert [row.id for row in await read.read_page(limit=9)] == [kept.id, also_kept.id]


async def test_what_fails_before_it_runs_takes_no_row_with_it(database: Database) -> None:
    """SQLAlchemy has the connection then, without a statement on it."""
    table: Any = Box.__table__
    async with database.transaction() as session:
        row = await BoxRepository(session).add_row(**box_body())
        with pytest.raises(CompileError):
            await session.rows(insert(table).values(nothing=1).returning(_BOXES.id))

    assert await BoxRepository(database.reader).read(row.id) == row


async def test_what_lost_its_connection_half_way_is_not_committed(database: Database) -> None:
    """Else the half that came after would be stored alone."""
    with pytest.raises(PendingRollbackError):
        async with database.transaction() as session:
            boxes = BoxRepository(session)
            await boxes.add_row(**box_body())
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0):
                    await boxes.add_row(**box_body())
            with pytest.raises(PendingRollbackError):
                await boxes.add_row(**box_body())
            with pytest.raises(PendingRollbackError):
                await boxes.count()

    assert await BoxRepository(database.reader).count() == 0


async def test_who_rolls_back_may_go_on_with_another_connection(database: Database) -> None:
    async with database.transaction() as session:
        boxes = BoxRepository(session)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await boxes.add_row(**box_body())
        await session.rollback()
        row = await boxes.add_row(**box_body())

    assert [r.id for r in await BoxRepository(database.reader).read_page(limit=9)] == [row.id]


async def add_box(database: Database) -> str:
    """The label of a box that is stored."""
    async with database.transaction() as session:
        row = await BoxRepository(session).add_row(**box_body())
    label: str = row.label
    return label


async def test_a_write_that_is_cut_off_anywhere_takes_no_other_with_it(
    settings: ChassisSettings, database: Database
) -> None:
    """A BEGIN that nobody knows of would hold the next writes of its connection for ever."""
    single = {name: 1 for name in type(settings.database).model_fields if name == "pool_size"}

    async with open_database(settings.database.model_copy(update=single)) as cut_off:
        for turns in range(0, 200, 4):
            async with asyncio.TaskGroup() as tasks:
                task = tasks.create_task(add_box(cut_off))
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
            label = await add_box(cut_off)
            assert await database.reader.row(BY_LABEL, label=label), f"lost after {turns} turns"


async def test_a_read_that_is_cut_off_anywhere_leaves_a_pool_that_works(
    settings: ChassisSettings, database: Database
) -> None:
    box = await store_box(database)
    small = {name: 1 for name in type(settings.database).model_fields if name.endswith("_size")}

    async with open_database(settings.database.model_copy(update=small)) as cut_off:
        for turns in range(0, 60, 2):
            async with asyncio.TaskGroup() as tasks:
                read = cut_off.reader.row(BY_LABEL, label=box.label)
                task = tasks.create_task(read)
                for _ in range(turns):
                    await asyncio.sleep(0)
                task.cancel()
            assert await cut_off.reader.row(BY_LABEL, label=box.label)
        assert [pool.status().in_use for pool in cut_off.pools if pool.status().in_use] == []


def test_sqlalchemy_has_the_names_that_it_does_not_promise() -> None:
    assert missing_names() == []


async def test_without_them_all_goes_through_sqlalchemy_and_that_is_told_once(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    box = await store_box(database)
    monkeypatch.setattr(plain, "missing_names", lambda: ["Adapter._renamed"])
    caches: Any = (plain.compiled, plain._is_possible)
    caplog.clear()
    try:
        with straight() as ran:
            for cache in caches:
                cache.cache_clear()
            statement = select(_BOXES.label).where(_BOXES.label == bindparam("label"))
            for _ in range(2):
                for row in await in_both_sessions(database, statement, label=box.label):
                    assert row == (box.label,)
        assert not ran
    finally:
        for cache in caches:
            cache.cache_clear()
    lines = [line for line in caplog.messages if "Adapter._renamed" in line]
    assert len(lines) == 1


def test_whoever_logs_statements_sees_them(database: Database) -> None:
    engine, log = database.writer.sync_engine, logging.getLogger("sqlalchemy.engine")
    assert not plain.is_watched(engine)
    before = log.level
    log.setLevel(logging.INFO)
    try:
        assert plain.is_watched(engine)
    finally:
        log.setLevel(before)


async def test_tasks_may_share_a_read_session(database: Database) -> None:
    box = await store_box(database)

    async def read(session: ReadSession) -> Any:
        return await session.row(BY_LABEL, label=box.label)

    rows = await database.concurrently(*[read] * 8)
    assert {row.id for row in rows} == {box.id}


async def test_an_expression_has_the_name_that_sqlalchemy_gives_it(database: Database) -> None:
    statement = select(func.count(), func.max(_BOXES.label).label("last"), _BOXES.note).group_by(
        _BOXES.note
    )
    await store_box(database)
    async with database.transaction() as session:
        usual = (await session.execute(statement)).one()
    next(plain._uses(statement))
    with straight() as ran:
        rows = await in_both_sessions(database, statement)
    assert len(ran) == 2
    assert [row and row._asdict() for row in rows] == [usual._asdict()] * 2
