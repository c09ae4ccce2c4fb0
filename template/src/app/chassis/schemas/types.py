"""Types of fields that mean the same in JSON, in the OpenAPI document and in the database.

Pydantic takes more than the document tells: `true` for 1, `"1"` for 1, a number for a date. These
take what they say. Those of numbers and truth are for bodies: in a query everything is text, so
there `int`, `float` and `bool` are right, with bounds.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    HttpUrl,
    Strict,
    TypeAdapter,
    ValidationError,
)

from .base import require_storable

LONGEST_URL = 2000
LARGEST_JSON = 64 * 1024
"""Characters of a `JsonObject`."""


Integer = Annotated[int, Strict(), Field(ge=-(2**31), le=2**31 - 1)]
"""A whole number of 32 bits, written as one: 1.0 is none. `Field(ge=…)` around it bounds it."""

BigInteger = Annotated[int, Strict(), Field(ge=-(2**53) + 1, le=2**53 - 1)]
"""A whole number that no client rounds (RFC 8259, section 6)."""

Float = Annotated[float, Strict(), Field(ge=-1e15, le=1e15, allow_inf_nan=False)]

Boolean = Annotated[bool, Strict()]


def _text_like(pattern: str, example: str) -> Callable[[Any], Any]:
    def check(value: Any) -> Any:
        is_text = isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII)
        if isinstance(value, str) and not is_text:
            raise ValueError(f"must be written as in {example}")
        if isinstance(value, int | float | bytes | list | dict):
            raise ValueError(f"must be a text, as in {example}")
        return value

    return check


def _in_utc(moment: datetime) -> datetime:
    """The first and the last day of all times have no place in every zone."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("must be a moment that exists in UTC") from None


Date = Annotated[date, BeforeValidator(_text_like(r"\d{4}-\d\d-\d\d", "2026-01-31"))]

DateTime = Annotated[
    AwareDatetime,
    AfterValidator(_in_utc),
    BeforeValidator(_text_like(r"\d{4}-\d\d-\d\d[Tt ].*", "2026-01-31T12:00:00Z")),
]
"""A moment, with the offset of its time zone; in UTC from here on."""

_SECONDS = r"[0-9]{1,6}(\.[0-9]{1,6})?S"
_MINUTES = "([0-9]{1,5}M(" + _SECONDS + ")?|" + _SECONDS + ")"
_TIME = "T([0-9]{1,4}H" + _MINUTES + "?|" + _MINUTES + ")"
_DURATION = "P([0-9]{1,4}D(" + _TIME + ")?|" + _TIME + ")"

Duration = Annotated[
    timedelta,
    Field(json_schema_extra={"pattern": f"^{_DURATION}$"}),
    BeforeValidator(_text_like(_DURATION, "P1DT12H30M")),
]
"""Days, hours, minutes and seconds (ISO 8601), up to 9,999 days: months have no length."""

_URL = TypeAdapter(HttpUrl)


def _address(text: str) -> str:
    """Pydantic would tell what was sent, and its `Url` can't be stored."""
    try:
        address = str(_URL.validate_python(text))
    except ValidationError:
        raise ValueError("must be an address of http or https") from None
    if len(address) > LONGEST_URL:
        raise ValueError(f"must have at most {LONGEST_URL} characters")
    return address


Url = Annotated[
    str,
    Field(max_length=LONGEST_URL, json_schema_extra={"format": "uri"}),
    AfterValidator(_address),
]
"""An address of http or https."""


@dataclass(frozen=True, slots=True)
class DecimalText:
    """For a `Decimal`, as in `Annotated[Decimal, DecimalText(12, 2)]`: at most so many digits in
    all, and so many of them behind the point. In JSON it is a text, because clients make binary
    fractions of numbers. Bounds can't be told of a text, but that it is never below zero can."""

    digits: int
    places: int
    signed: bool = True

    @property
    def pattern(self) -> str:
        whole = str(self.digits - self.places - 1)
        fraction = r"(\.[0-9]{1,N})?".replace("N", str(self.places)) if self.places else ""
        sign = "-?" if self.signed else ""
        return "^" + sign + "(0|[1-9][0-9]{0,N})".replace("N", whole) + fraction + "$"

    def _read(self, value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        if not isinstance(value, str) or not re.fullmatch(self.pattern[1:-1], value, re.ASCII):
            raise ValueError(f"must be a text of digits that matches {self.pattern}")
        # As it will be read from the database; and there is no zero below zero.
        return Decimal(value).quantize(Decimal(1).scaleb(-self.places)) + 0

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> Any:
        return BeforeValidator(self._read).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(self, _: Any, __: Any) -> dict[str, Any]:
        return {"type": "string", "format": "decimal", "pattern": self.pattern}


def _bounded(value: dict[str, Any]) -> dict[str, Any]:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError("must be JSON") from None
    require_storable(text.replace("\\u0000", "\x00"))
    if len(text) > LARGEST_JSON:
        raise ValueError(f"must have at most {LARGEST_JSON} characters")
    return value


JsonObject = Annotated[dict[str, Any], AfterValidator(_bounded)]
"""An object of any form, up to 64 KiB."""
