"""Pages of long lists."""

from collections.abc import Collection
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator

from ..paging import Between
from .base import Output, Schema

Item = TypeVar("Item")


class PageQuery(Schema):
    """Which page: the one behind `after`, which costs the same everywhere, or the one at
    `offset`."""

    limit: int = Field(default=20, ge=1, le=100)
    """How many items at most."""

    after: UUID | None = None
    """The `next` of the page before."""

    offset: int | None = Field(default=None, ge=0, le=1_000_000)
    """How many items to skip. Such a page also tells the `total`, and costs more the further it
    skips."""

    @model_validator(mode="after")
    def refuse_both(self) -> Self:
        if self.after is not None and self.offset is not None:
            raise ValueError("give after or offset, not both")
        return self


class SortedQuery(PageQuery):
    """Of those that have all values that are given, in an order that is given. A resource derives
    its own: a field for each column that it can be asked for, and the names of its orders."""

    ranges: ClassVar[Collection[str]] = ()
    """Columns that have two fields, for the least value and the greatest: `total_from` and
    `total_to` of `total`."""

    # A filter that nobody knows would answer everything.
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    sort: str = "id"
    """By which field, with `-` in front for the greatest first; `id` is the order of creation.
    Those without a value come last."""

    def equal(self) -> dict[str, Any]:
        """What is asked for, by column."""
        names = type(self).model_fields.keys() - SortedQuery.model_fields.keys()
        given = self.model_dump(include=set(names), exclude_none=True)
        for name in self.ranges:
            ends = Between(given.pop(f"{name}_from", None), given.pop(f"{name}_to", None))
            given |= {name: ends} if ends != Between() else {}
        return given


class Page(Output, Generic[Item]):
    items: list[Item]

    next: UUID | None
    """What to send as `after` to get the following page; null on the last."""

    total: int | None = None
    """How many items there are in all, when the page was asked for by `offset`."""
