"""${r.several.capitalize()} over HTTP."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

from pydantic import MISSING, Field

from ..chassis.schemas.base import Email, FilledText, Input, Output, Text
from ..chassis.schemas.page import Page, SortedQuery
from ..chassis.schemas.types import BigInteger, Boolean, Date, DateTime, DecimalText, Float, Integer, JsonObject, Url

% for f in r.fields:
% if f.alias:
${given(f)} = ${f.given}
% endif
% endfor


class ${r.title}Create(Input):
% for f in r.fields:
    ${f.column}: ${given(f)}${" | None" if f.is_optional else ""}${f" = {f.literal}" if f.default is not None else " = None" if f.is_optional else ""}
% endfor


class ${r.title}Change(Input):
    """What is left out stays as it is."""

% for f in changed:
    ${f.column}: ${given(f)} | MISSING${" | None" if f.is_optional else ""} = MISSING
% endfor


class ${r.title}Query(SortedQuery):
% if ranges:
    ranges: ClassVar = (${", ".join(f'"{f.column}"' for f in ranges)}${"," if len(ranges) == 1 else ""})

% endif
% for f in r.fields:
% if f.is_filter:
    ${f.column}: ${asked(f)}
% elif f.has_range:
    ${f.column}_from: ${asked(f)}
    ${f.column}_to: ${asked(f)}
% endif
% endfor
    sort: Literal["id", "-id"${"".join(f', "{f.column}", "-{f.column}"' for f in sorts)}] = "id"


class ${r.title}Read(Output):
    id: UUID
% for f in r.fields:
    ${f.column}: ${given(f) if f.said.kind in ("decimal", "enum") else f.kind.python}${" | None" if f.is_optional else ""}
% endfor
    created_at: datetime
    updated_at: datetime


${r.title}Page = Page[${r.title}Read]
