"""What every repository can do."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

from sqlalchemy import Row, Select, bindparam, delete, func, insert, select
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.dml import ReturningInsert

from ..errors import PageLost, ServiceError
from .columns import Identified
from .errors import on_violation
from .paging import condition, page_statement, parameters_of
from .session import ONLY_READS, ReadSession, Session

Entity = TypeVar("Entity", bound=Identified)

CHUNK = 1_000
"""Rows that one statement inserts: enough to save round trips, few enough to stay small in
memory."""


class Repository(Generic[Entity]):
    """The rows of one table, as a session sees them. Lists are in order of creation.

    What has `read` or `row` in its name works with plain rows, which is what an answer needs and
    costs least. The rest works with entities, for whoever changes something: it flushes, so that
    constraints speak up. Nothing commits.
    """

    model: ClassVar[type[Any]]

    violations: ClassVar[Mapping[str, type[ServiceError]]] = {}
    """What the violation of a constraint means, by the constraint's name."""

    _one: ClassVar[Select[*tuple[Any, ...]]]
    _page: ClassVar[Select[*tuple[Any, ...]]]
    _page_after: ClassVar[Select[*tuple[Any, ...]]]
    _insert: ClassVar[ReturningInsert[*tuple[Any, ...]]]

    def __init_subclass__(cls) -> None:
        """Build the statements of the hot paths once."""
        table = cls.model.__table__
        columns = table.columns
        page = select(*columns).order_by(columns.id).limit(bindparam("limit"))
        cls._one = select(*columns).where(columns.id == bindparam("id"))
        cls._page = page.offset(bindparam("offset"))
        cls._page_after = page.where(columns.id > bindparam("after"))
        cls._insert = insert(table).returning(*columns)

    def __init__(self, session: Session | ReadSession) -> None:
        self.session = session

    @property
    def _unit_of_work(self) -> Session:
        if isinstance(self.session, ReadSession):
            raise RuntimeError(ONLY_READS)
        return self.session

    def _violations(self) -> AbstractContextManager[None]:
        return on_violation(self.violations, self.model.metadata)

    async def read(self, entity_id: UUID) -> Row[*tuple[Any, ...]] | None:
        return await self.session.row(self._one, id=entity_id)

    async def read_page(
        self, *, limit: int, after: UUID | None = None, offset: int = 0
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """At most `limit` rows: behind the one with the id `after`, or else behind the first
        `offset`."""
        if after is None:
            return await self.session.rows(self._page, limit=limit, offset=offset)
        return await self.session.rows(self._page_after, limit=limit, after=after)

    async def read_page_by(
        self,
        *,
        limit: int,
        equal: Mapping[str, Any] | None = None,
        sort: str = "id",
        after: UUID | None = None,
        offset: int = 0,
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """The same of rows that have the values of `equal`, by column, or one within a `Between`,
        in the order of `sort`: a column, with `-` in front for the greatest first. Rows without a
        value stand last. Whoever calls has checked the names. Raises `PageLost` when the row
        `after` is gone, by whose value the page would begin."""
        values = parameters_of(equal or {})
        statement = page_statement(
            self.model.__table__, tuple(sorted(values)), sort, follows=after is not None
        )
        place: dict[str, Any] = {"offset": offset} if after is None else {"after": after}
        rows = await self.session.rows(statement, limit=limit, **place, **values)
        by_id = sort.removeprefix("-") == "id"
        if not rows and after is not None and not by_id and not await self.exists(after):
            raise PageLost
        return rows

    async def get(self, entity_id: UUID, *options: ORMOption) -> Entity | None:
        return await self.session.get(self.model, entity_id, options=options)

    async def get_to_change(self, entity_id: UUID, *options: ORMOption) -> Entity | None:
        """As it stays until this unit of work ends: whoever else would change it, or gets it so,
        waits, and then sees what this one left. For what is checked and then changed. Rows that
        refer to it can be added meanwhile. (SQLite has one writer.)"""
        return await self._unit_of_work.get(
            self.model,
            entity_id,
            options=options,
            populate_existing=True,
            with_for_update={"key_share": True, "of": self.model},
        )

    async def get_many(self, ids: Collection[UUID]) -> Sequence[Entity]:
        """Those that exist, in order of creation."""
        statement = select(self.model).where(self.model.id.in_(ids)).order_by(self.model.id)
        return (await self.session.scalars(statement)).all()

    async def list(
        self, *options: ORMOption, limit: int, after: UUID | None = None, offset: int = 0
    ) -> Sequence[Entity]:
        """At most `limit` entities: behind the one with the id `after`, or else behind the first
        `offset`."""
        statement = select(self.model).order_by(self.model.id).limit(limit).offset(offset)
        if after is not None:
            statement = statement.where(self.model.id > after)
        return (await self.session.scalars(statement.options(*options))).all()

    async def add(self, entity: Entity) -> Entity:
        self._unit_of_work.add(entity)
        with self._violations():
            await self._unit_of_work.flush()
        return entity

    async def add_row(self, **values: Any) -> Row[*tuple[Any, ...]]:
        """Insert a row and return all of its columns, for a fraction of what `add` costs."""
        with self._violations():
            return (await self._unit_of_work.rows(self._insert, **values))[0]

    async def add_rows(self, rows: Iterable[Mapping[str, Any]], chunk: int = CHUNK) -> int:
        """Insert many rows and return their number. `rows` is consumed chunk by chunk, so it may be
        a stream."""
        remaining = iter(rows)
        count = 0
        while batch := list(islice(remaining, chunk)):
            with self._violations():
                await self._unit_of_work.execute(insert(self.model), batch)
            count += len(batch)
        return count

    async def update(self, entity: Entity, changes: Mapping[str, Any]) -> Entity:
        """One that was deleted meanwhile leaves the unit of work as `NotFound`."""
        for name, value in changes.items():
            setattr(entity, name, value)
        with self._violations():
            await self._unit_of_work.flush()
        return entity

    async def delete(self, entity_id: UUID) -> bool:
        """Whether there was something to delete."""
        statement = delete(self.model).where(self.model.id == entity_id).returning(self.model.id)
        with self._violations():
            return await self._unit_of_work.scalar(statement) is not None

    async def exists(self, entity_id: UUID) -> bool:
        statement = select(self.model.id).where(self.model.id == entity_id)
        return await self.session.scalar(statement) is not None

    async def count(self, **equal: Any) -> int:
        """How many rows there are, or how many `read_page_by` has on all pages together."""
        table, values = self.model.__table__, parameters_of(equal)
        wanted = (condition(table, name, value) for name, value in values.items())
        statement = select(func.count()).select_from(table).where(*wanted)
        return await self.session.scalar(statement) or 0
