"""The table of users."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..base import Base


class User(Base):
    """Somebody who uses the service."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("email"),)

    email: Mapped[str] = mapped_column(String(320))
    """In lower case, so that two spellings of one address are one user."""

    name: Mapped[str] = mapped_column(String(100))
