"""Types of fields take what the OpenAPI document says, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.chassis.schemas.types import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    DecimalText,
    Duration,
    Float,
    Integer,
    JsonObject,
    Url,
)

Price = Annotated[Decimal, DecimalText(12, 2)]
Cost = Annotated[Decimal, DecimalText(4, 0, signed=False)]
Few = Annotated[Integer, Field(ge=1, le=9)]

TAKEN: list[tuple[Any, Any, Any]] = [
    (Integer, 2**31 - 1, 2**31 - 1),
    (BigInteger, 2**53 - 1, 2**53 - 1),
    (Float, 1, 1.0),
    (Boolean, True, True),
    (Price, "-1234567890.1", Decimal("-1234567890.10")),
    (Price, "-0", Decimal("0.00")),
    (Cost, "1234", Decimal(1234)),
    (Date, "2026-01-31", date(2026, 1, 31)),
    (DateTime, "2026-01-31T12:00:00+02:00", datetime(2026, 1, 31, 10, tzinfo=UTC)),
    (Duration, "P9999DT1.5S", timedelta(days=9999, seconds=1.5)),
    (Url, "HTTPS://Example.org/ä", "https://example.org/%C3%A4"),
    (JsonObject, {"a": [None, 1.5, "b"]}, {"a": [None, 1.5, "b"]}),
]
REFUSED: list[tuple[Any, list[Any]]] = [
    (Integer, [True, "1", 1.5, 1.0, 2**31, -(2**31) - 1]),
    (Few, [0, 10, True]),
    (BigInteger, [True, "1", 2**53]),
    (Float, [True, "1.5", 1e16, float("nan"), float("inf")]),
    (Boolean, [1, 0, "true", "on"]),
    (Price, [1, 1.5, "1e2", "NaN", "+1", "01", "1.234", "12345678901", "\u0661", "1\n"]),
    (Cost, ["-1", "1.0", "12345"]),
    (Date, [1, 1.5, True, "2026-01-31T00:00:00", "1769817600", "2026-02-30", b"2026-01-31"]),
    (DateTime, [1, "2026-01-31", "2026-01-31T12:00:00", "0001-01-01T00:00:00+14:00"]),
    (Duration, [1, "1 day", "P", "PT", "P1DT", "P1Y", "P1M", "-P1D", "P10000D", "1:00:00"]),
    (Url, ["example.org", "ftp://example.org", "javascript:alert(1)", "https://a/" + "ä" * 1000]),
    (JsonObject, [[], "{}", {"a": "\x00"}, {"\ud800": 1}, {"a": float("nan")}]),
]


@pytest.mark.parametrize(("kind", "given", "value"), TAKEN, ids=map(str, range(len(TAKEN))))
def test_what_is_meant_is_taken(kind: Any, given: Any, value: Any) -> None:
    assert TypeAdapter(kind).validate_python(given) == value


@pytest.mark.parametrize(("kind", "given"), REFUSED, ids=map(str, range(len(REFUSED))))
def test_what_is_not_meant_is_refused(kind: Any, given: list[Any]) -> None:
    for value in given:
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(kind).validate_python(value)
        assert len(refused.value.errors()[0]["msg"]) < 200


def test_an_object_is_bounded() -> None:
    with pytest.raises(ValidationError, match="at most 65536"):
        TypeAdapter(JsonObject).validate_python({"a": "x" * 70_000})


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (Few, {"type": "integer", "minimum": 1, "maximum": 9}),
        (Float, {"type": "number", "minimum": -1e15, "maximum": 1e15}),
        (Date, {"type": "string", "format": "date"}),
        (DateTime, {"type": "string", "format": "date-time"}),
        (Cost, {"type": "string", "format": "decimal", "pattern": "^(0|[1-9][0-9]{0,3})$"}),
        (Url, {"type": "string", "format": "uri", "maxLength": 2000}),
    ],
)
def test_bounds_and_forms_are_documented(kind: Any, expected: dict[str, Any]) -> None:
    assert TypeAdapter(kind).json_schema() == expected
