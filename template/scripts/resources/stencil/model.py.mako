"""The table of ${r.several}."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ...chassis.db.columns import JSON_OBJECT, decimal
from ..base import Base


class ${r.title}(Base):
    """${told}"""

    __tablename__ = "${r.plural}"
% if constraints:
    __table_args__ = (${", ".join(constraints)}${"," if len(constraints) == 1 else ""})
% endif

% for f in r.fields:
<% sql = f.sql(tables.get(f.target, "")) %>\
    ${f.column}: Mapped[${f.mapped}]${f" = mapped_column({sql})" if sql else ""}
% endfor
