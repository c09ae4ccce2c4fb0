"""The table of posts."""

from functools import cache
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, func, select
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
def latest_posts_of_each_author(count: int) -> type[Post]:
    """Posts that are among the newest `count` of their author.

    A function, because it can be told only when all models are known.
    """
    place = func.row_number().over(partition_by=Post.author_id, order_by=Post.id.desc())
    ranked = select(Post, place.label("place")).subquery()
    # Selected once more, so that whoever asks for some authors asks by their ids alone: databases
    # then look at the posts of no others.
    return aliased(Post, select(ranked).where(ranked.c.place <= count).subquery())
