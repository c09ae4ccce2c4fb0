"""Whether the database has the tables that the code was written for: its migration, beside those
that the code ships."""

import ast
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import NotReady
from .driver import meaning_of

logger = logging.getLogger(__name__)

_FOUND = text("SELECT version_num FROM alembic_version")


class Schema:
    """What a version of the code needs. A database that is ahead is fine: so it is while a newer
    version is rolled out, and when it has been rolled back."""

    def __init__(self, shipped: Iterable[str], before: Iterable[str], apart: Iterable[str]) -> None:
        """Revisions that the code ships; those that others follow; those that others need from
        another line, which a database need not name."""
        self._known, self._before = frozenset(shipped), frozenset(before)
        self.heads = self._known - self._before - frozenset(apart)
        self._said = ""

    def is_in(self, found: frozenset[str]) -> bool:
        """Whether a database that names these revisions has all that is needed."""
        is_ahead = bool(found - self._known)
        return not found & self._before and (is_ahead or self.heads <= found)

    async def demand(self, connection: AsyncConnection) -> None:
        """Raises `NotReady` while the database lacks something. The reason is logged when it is
        another one than before."""
        reason = await self._reason(connection)
        if reason and reason != self._said:
            logger.warning("The service is not ready: %s", reason)
        self._said = reason
        if reason:
            raise NotReady("The database is not as this version of the service needs it.")

    async def _reason(self, connection: AsyncConnection) -> str:
        """Why the database can't be used yet, empty when it can."""
        try:
            found = await revisions_of(connection)
        except DBAPIError as error:
            if meaning_of(error):
                raise
            return f"the table alembic_version can't be read: {error.driver_exception}"
        if self.is_in(found):
            return ""
        state = f"is at migration {_listed(found)}" if found else "has not been migrated"
        return f"the database {state}, and this version needs {_listed(self.heads)}"


async def revisions_of(connection: AsyncConnection) -> frozenset[str]:
    """The migrations that the database is at: several where lines have not been joined."""
    has_any = await connection.run_sync(lambda sync: inspect(sync).has_table("alembic_version"))
    return frozenset(await connection.scalars(_FOUND)) if has_any else frozenset()


def _listed(revisions: Iterable[str]) -> str:
    return ", ".join(sorted(revisions))


def read_schema(migrations: Path) -> Schema:
    """Reads them without running them, and without what runs them, which takes long to import."""
    shipped: list[str] = []
    before: list[str] = []
    apart: list[str] = []
    for path in (migrations / "versions").rglob("*.py"):
        said = dict(_constants(ast.parse(path.read_bytes())))
        if revisions := said.get("revision"):
            shipped += revisions
            before += said.get("down_revision", ())
            apart += said.get("depends_on", ())
    return Schema(shipped, before, apart)


def _constants(module: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The names that a module gives to texts, or to several: `down_revision = ("a", "b")`."""
    for statement in module.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, _texts(value)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, _texts(value)


def _texts(value: ast.expr) -> tuple[str, ...]:
    try:
        given = ast.literal_eval(value)
    except ValueError:
        return ()
    return (given,) if isinstance(given, str) else tuple(given or ())
