"""Boxes, the items in them, seals, and parcels, which have a column of each type."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from app.chassis.db import DatabaseSettings, open_database
from app.chassis.db.columns import ENUM, JSON_OBJECT, NAMES, TIMESTAMP, Identified, decimal


class Base(Identified, DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: TIMESTAMP, Enum: ENUM}


class Box(Base):
    __tablename__ = "boxes"
    __table_args__ = (UniqueConstraint("label"),)

    label: Mapped[str] = mapped_column(String(100))
    note: Mapped[str] = mapped_column(String(10_000))

    items: Mapped[list["Item"]] = relationship(
        back_populates="box", lazy="raise", order_by="Item.id", passive_deletes=True
    )


class Item(Base):
    """It goes when its box goes."""

    __tablename__ = "items"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("boxes.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(String(1000))

    box: Mapped[Box] = relationship(back_populates="items", lazy="raise")


class Seal(Base):
    """Keeps its box from going."""

    __tablename__ = "seals"

    box_id: Mapped[UUID] = mapped_column(ForeignKey("boxes.id"))


class Kind(StrEnum):
    BY_SEA = "by sea"
    BY_AIR = "by air"


class Parcel(Base):
    __tablename__ = "parcels"

    kind: Mapped[Kind]
    weight: Mapped[int]
    price: Mapped[Decimal] = mapped_column(decimal(12, 2))
    sent_on: Mapped[date | None]
    arrives_at: Mapped[datetime | None]
    takes: Mapped[timedelta | None]
    labels: Mapped[dict[str, Any] | None] = mapped_column(JSON_OBJECT)


async def make_tables(settings: DatabaseSettings) -> None:
    """No migration knows them."""
    async with open_database(settings) as database, database.writer.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)


async def drop_tables(settings: DatabaseSettings) -> None:
    async with open_database(settings) as database, database.writer.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
