"""The table of posts."""

from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from ..base import Base

if TYPE_CHECKING:
    from .user import User


class Post(Base):
    """What a user wrote. It goes when its author goes."""

    __tablename__ = "posts"
    # By author in order of creation: the page of one author's posts reads just this index.
    __table_args__ = (Index(None, "author_id", "id"),)

    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)

    author: Mapped["User"] = relationship(back_populates="posts", lazy="raise")


@cache
def posts_by_place() -> tuple[type[Post], ColumnElement[int]]:
    """Posts, and their place among those of the same author: the newest has place 1.

    A function, because it can be told only when all models are known.
    """
    place = func.row_number().over(partition_by=Post.author_id, order_by=Post.id.desc())
    ranked = select(Post, place.label("place")).subquery()
    return aliased(Post, ranked), ranked.c.place
