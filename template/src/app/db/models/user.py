"""The table of users."""

from uuid import UUID

from sqlalchemy import ColumnElement, String, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from ..base import Base
from .post import Post, latest_posts_of_each_author

LATEST_POSTS = 10
"""Posts that come with each user of a list."""


def _latest_post() -> type[Post]:
    return latest_posts_of_each_author(LATEST_POSTS)


def _newest_first() -> ColumnElement[UUID]:
    return _latest_post().id.desc()


def _is_by_user() -> ColumnElement[bool]:
    return User.id == foreign(_latest_post().author_id)


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
        primaryjoin=_is_by_user,
        order_by=_newest_first,
        lazy="raise",
        viewonly=True,
    )
    """The newest, newest first: as many as fit into a list of users."""
