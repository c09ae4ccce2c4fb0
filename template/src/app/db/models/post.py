"""The table of posts."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..base import Base
from .user import User


class Post(Base):
    """What a user wrote. It goes when its author goes."""

    __tablename__ = "posts"
    # By author in order of creation: the page of one author's posts reads just this index.
    __table_args__ = (Index(None, "author_id", "id"),)

    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)

    author: Mapped[User] = relationship(lazy="raise")
