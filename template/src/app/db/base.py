"""What your tables share."""

from datetime import datetime
from enum import Enum

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

from ..chassis.db.columns import ENUM, NAMES, TIMESTAMP, Identified


class Base(Identified, DeclarativeBase):
    """Every table has `id`, `created_at` and `updated_at`, and a name for every constraint."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: TIMESTAMP, Enum: ENUM}
