"""Pages of long lists, in order of creation."""

from typing import Generic, Self, TypeVar
from uuid import UUID

from pydantic import Field, model_validator

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


class Page(Output, Generic[Item]):
    items: list[Item]

    next: UUID | None
    """What to send as `after` to get the following page; null on the last."""

    total: int | None = None
    """How many items there are in all, when the page was asked for by `offset`."""
