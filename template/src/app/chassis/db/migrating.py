"""The connection that migrations run on: it waits for the database, and for migrations of other
processes."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from ..errors import ServiceError
from .engine import DatabaseSettings
from .migration_lock import locked_connection, may_pass, place, what_to_grant

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 5.0
"""Seconds."""


@asynccontextmanager
async def migration_connection(settings: DatabaseSettings) -> AsyncGenerator[AsyncConnection]:
    """No other process has one at the same time. Raises `CommandError`, which alembic prints as one
    line, when the database can't be had within `migration_wait`, and when the role may not do what
    a migration does."""
    async with AsyncExitStack() as stack:
        for pause in _pauses(settings.migration_wait):
            try:
                connection = await stack.enter_async_context(locked_connection(settings))
            except (ServiceError, DBAPIError, OSError) as error:
                reason = f"{place(settings)}: {_root(error)}"
                if pause is None or not may_pass(error):
                    raise CommandError(f"Can't migrate {reason}") from None
                logger.warning("Trying again in %.1f s to migrate %s", pause, reason)
                await asyncio.sleep(pause)
            else:
                break
        try:
            yield connection
        except DBAPIError as error:
            if advice := what_to_grant(error, settings):
                reason = f"{place(settings)}: {_root(error)}: {advice}"
                raise CommandError(f"Can't migrate {reason}") from None
            raise


def _pauses(wait: float) -> Iterator[float | None]:
    """Each twice as long as the one before, for `wait` seconds in all; then None."""
    end = time.monotonic() + wait
    pause = 0.5
    while (left := end - time.monotonic()) > 0:
        yield min(pause, left)
        pause = min(2 * pause, LONGEST_PAUSE)
    yield None


def _root(error: BaseException) -> str:
    """What a driver says about a connection holds no values."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__
