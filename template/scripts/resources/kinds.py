"""The types of fields: one row for each, with what it is in the table, in JSON and in a query."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """In texts `$1` and `$2` stand for what is in parentheses behind the type, `$more` for the
    length of what is too long."""

    python: str
    """Of an attribute of the model, and of what is read."""

    given: str
    """Of what comes in."""

    column: str = ""
    """Beyond what the type in Python says."""

    asked: str = ""
    """In a query, where everything is text; empty for what lists are not filtered by."""

    wrong: tuple[str, ...] = ()
    """Values that no body may have, as Python writes them."""

    arguments: tuple[str, ...] = ()
    """What stands for `$1` and `$2` where nothing else is said."""

    largest: Mapping[str, str] = field(default_factory=dict)
    """Bounds of numbers: `ge` and `le`."""

    indexed: bool = True
    """Whether it can be unique or in an index."""

    sorts: bool = False
    has_range: bool = False
    """Lists are asked for the least and the greatest value, rather than for one."""

    is_named: bool = False
    """What comes in has a name in the module, because it says more than the type."""


_INT, _BIG = {"ge": "-(2**31)", "le": "2**31 - 1"}, {"ge": "-(2**53) + 1", "le": "2**53 - 1"}
_FLOAT = {"ge": "-1e15", "le": "1e15"}

KINDS: Mapping[str, Kind] = {
    "str": Kind(
        "str",
        "Annotated[FilledText, Field(max_length=$1)]",
        column="String($1)",
        asked="FilledText",
        wrong=('""', '"   "', '"x" * $more', '"a\\x00b"', "1"),
        arguments=("200",),
        sorts=True,
        is_named=True,
    ),
    "text": Kind(
        "str",
        "Annotated[Text, Field(max_length=$1)]",
        column="Text",
        wrong=('"x" * $more', '"a\\x00b"', "1"),
        arguments=("20000",),
        indexed=False,
        is_named=True,
    ),
    "int": Kind(
        "int",
        "Integer",
        asked="int",
        wrong=("2**31", "1.5", '"1"', "True"),
        largest=_INT,
        sorts=True,
        has_range=True,
    ),
    "bigint": Kind(
        "int",
        "BigInteger",
        column="BigInteger",
        asked="int",
        wrong=("2**53", "1.5", '"1"', "True"),
        largest=_BIG,
        sorts=True,
        has_range=True,
    ),
    "decimal": Kind(
        "Decimal",
        "Annotated[Decimal, DecimalText($1, $2)]",
        column="decimal($1, $2)",
        asked="Annotated[Decimal, DecimalText($1, $2)]",
        wrong=("1", '"1e3"', '"NaN"', '"+1"', '"01"', '"1" * $more'),
        arguments=("12", "2"),
        sorts=True,
        has_range=True,
        is_named=True,
    ),
    "float": Kind(
        "float",
        "Float",
        asked="float",
        wrong=('"1"', "1e16", "True"),
        largest=_FLOAT,
        sorts=True,
        has_range=True,
    ),
    "bool": Kind("bool", "Boolean", asked="bool", wrong=('"true"', "1")),
    "date": Kind(
        "date",
        "Date",
        asked="Date",
        wrong=("1", '"2026-02-30"', '"2026-01-31T00:00:00"'),
        sorts=True,
        has_range=True,
    ),
    "datetime": Kind(
        "datetime",
        "DateTime",
        asked="DateTime",
        wrong=("1", '"2026-01-31"', '"2026-01-31T12:00:00"', '"0001-01-01T00:00:00+14:00"'),
        sorts=True,
        has_range=True,
    ),
    "uuid": Kind("UUID", "UUID", asked="UUID", wrong=("1", '"1"')),
    "email": Kind(
        "str", "Email", column="String(254)", asked="Email", wrong=('"nobody"', "1"), sorts=True
    ),
    "url": Kind(
        "str",
        "Url",
        column="String(2000)",
        asked="Url",
        wrong=('"javascript:alert(1)"', '"example.org"', "1"),
        sorts=True,
    ),
    "json": Kind(
        "dict[str, Any]",
        "JsonObject",
        column="JSON_OBJECT",
        wrong=("[]", '"{}"', '{"a": "\\x00"}'),
        indexed=False,
    ),
    "enum": Kind(
        "str",
        "Literal[$1]",
        column="String(50)",
        asked="Literal[$1]",
        wrong=('"no such value"', "1"),
        is_named=True,
    ),
    "ref": Kind("UUID", "UUID", asked="UUID", wrong=("1", '"1"')),
}
