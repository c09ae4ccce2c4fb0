"""The table of users."""

from uuid import UUID

from sqlalchemy import ColumnElement, String, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base
from .post import Post, posts_by_place

LATEST_POSTS = 10
"""Posts that come with each user of a list."""


def _latest_post() -> type[Post]:
    return posts_by_place()[0]


def _newest_first() -> ColumnElement[UUID]:
    return _latest_post().id.desc()


def _is_latest_post() -> ColumnElement[bool]:
    post, place = posts_by_place()
    return and_(User.id == post.author_id, place <= LATEST_POSTS)


class User(Base):
    """Somebody who writes posts."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"),)

    email: Mapped[str] = mapped_column(String(320))
    """In lower case, so that two spellings of one address are one user."""

    name: Mapped[str] = mapped_column(String(100))

    posts: Mapped[list[Post]] = relationship(
        back_populates="author", lazy="raise", order_by="Post.id", passive_deletes=True
    )

    latest_posts: Mapped[list[Post]] = relationship(
        _latest_post,
        primaryjoin=_is_latest_post,
        order_by=_newest_first,
        lazy="raise",
        viewonly=True,
    )
    """The newest, newest first: as many as fit into a list of users."""
