"""How a list becomes a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID


class Identified(Protocol):
    @property
    def id(self) -> Any: ...


Item = TypeVar("Item")
Found = TypeVar("Found", bound=Identified)


@dataclass(frozen=True, slots=True)
class Between:
    """Values from the least to the most, both included; None is no bound."""

    least: Any = None
    most: Any = None


@dataclass(frozen=True, slots=True)
class PageOf(Generic[Item]):
    """A page as services return it; `schemas.page.Page` is its form over HTTP."""

    items: Sequence[Item]
    next: UUID | None
    total: int | None = None


def page_of(found: Sequence[Found], limit: int, total: int | None = None) -> PageOf[Found]:
    """Make a page of up to `limit + 1` items: the one too many tells that another page follows."""
    items = found[:limit]
    return PageOf(items, items[-1].id if len(found) > limit else None, total)
