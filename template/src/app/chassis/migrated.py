"""A part with which a service is not ready before its migrations have run."""

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi.concurrency import run_in_threadpool

from .db.schema import read_schema
from .resources import Part, Resources

logger = logging.getLogger(__name__)


def migrated(source: str) -> Part:
    """By the migrations of the package that has the module `source`. Where there are none, which is
    logged, the tables are not asked for."""

    @asynccontextmanager
    async def opened(resources: Resources[Any]) -> AsyncGenerator[None]:
        if folder := migrations_of(Path(source)):
            resources.database.awaited = await run_in_threadpool(read_schema, folder)
        else:
            logger.warning("There are no migrations here: readiness does not ask for the tables")
        yield

    return opened


def migrations_of(source: Path) -> Path | None:
    """Beside `src`, or, where the package was installed apart from them, in the working
    directory."""
    roots = (source.resolve().parents[2], Path.cwd())
    found = (root / "migrations" for root in roots)
    return next((folder for folder in found if folder.is_dir()), None)
