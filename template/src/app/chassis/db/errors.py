"""The border between database errors and the service's own: no driver's exception passes it."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager

from sqlalchemy import MetaData
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InvalidRequestError,
    SQLAlchemyError,
    StatementError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError

from ..errors import DatabaseUnavailable, NotFound, PoolExhausted, ServiceError
from .driver import meaning_of, violated_constraint


@contextmanager
def database_errors() -> Generator[None]:
    """Raise what failed in the block as the service's own error; unknown errors pass, but forget
    their SQL, which logs must not show.

    A deadline or a lost connection arrives as a bare `TimeoutError` or `ConnectionError`. Whoever
    waits for something else inside a unit of work turns that one's errors into its own before they
    get here.
    """
    try:
        yield
    except PoolTimeout as error:
        raise PoolExhausted from error
    except (TimeoutError, ConnectionError) as error:
        raise DatabaseUnavailable from error
    except (StaleDataError, InvalidRequestError) as error:
        if not _is_gone(error):
            raise
        raise NotFound from error
    except StatementError as error:
        meaning = meaning_of(error) if isinstance(error, DBAPIError) else None
        if meaning is None:
            error.statement = None
            raise
        raise meaning from error


def _is_gone(error: SQLAlchemyError) -> bool:
    """Whether an entity's row was deleted by another unit of work, after this one had read it. Of
    a refresh, only the message tells."""
    if isinstance(error, StaleDataError | ObjectDeletedError):
        return True
    return str(error).startswith("Could not refresh instance")


@contextmanager
def on_violation(errors: Mapping[str, type[ServiceError]], metadata: MetaData) -> Generator[None]:
    """Raise the error that belongs to the constraint that a statement in the block violates.

    `errors` maps names of constraints, as the naming convention makes them; `metadata` has their
    tables.
    """
    try:
        yield
    except IntegrityError as error:
        meaning = errors.get(violated_constraint(error, metadata) or "")
        if meaning is None:
            raise
        raise meaning from error
