"""Whether what is said of a field makes sense."""

import re
from collections.abc import Callable, Iterator
from decimal import Decimal

from . import Refused
from .fields import Field
from .naming import check_field
from .reading import read_field

_NUMBER = re.compile(r"-?[0-9]{1,16}(\.[0-9]{1,10})?")
_VALUE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _.-]{0,48}[A-Za-z0-9])?")
_DEFAULT = re.compile(r"[^\"'\\{}%$#:]{1,200}")
NUMBERS = {"int", "bigint", "decimal", "float"}
_WITHOUT_UNIQUE = {"text", "json", "bool", "float", "enum"}
LONGEST_TEXT, LONGEST_INDEXED = 2000, 600
"""Characters of a `str`. One of 600 fits into an index of PostgreSQL, whatever they are."""

FEWEST = 100
"""Values that what is unique must be able to have."""


def field_from(word: str) -> Field:
    """Raises `Refused`."""
    field = Field(read_field(word))
    check_field(field.name, field.column)
    for problem in _problems(field):
        raise Refused(f"{word}: {problem}.")
    return field


def _problems(field: Field) -> Iterator[str]:
    yield from _OF_KIND.get(field.said.kind, _takes_nothing)(field)
    yield from _of_modifiers(field)
    yield from _of_bounds(field)
    yield from _of_default(field)


def _takes_nothing(field: Field) -> Iterator[str]:
    if field.said.arguments:
        yield f"{field.said.kind} takes nothing in parentheses"


def _of_text(field: Field) -> Iterator[str]:
    kind, most = field.said.kind, LONGEST_TEXT if field.said.kind == "str" else 999_999
    is_in_index = field.modifiers.keys() & {"unique", "index"}
    if len(field.arguments) != 1 or not re.fullmatch(r"[1-9][0-9]{0,5}", field.arguments[0]):
        yield f"{kind} takes its greatest length, as in {kind}(200)"
    elif int(field.arguments[0]) > most:
        yield f"str is for up to {most} characters; take text({field.arguments[0]})"
    elif kind == "str" and is_in_index and int(field.arguments[0]) > LONGEST_INDEXED:
        yield f"a text of more than {LONGEST_INDEXED} characters fits into no index"


def _of_decimal(field: Field) -> Iterator[str]:
    digits = re.fullmatch(r"([1-9]|1[0-5]),([0-9]|1[0-4])", ",".join(field.arguments))
    if not digits or int(digits[2]) >= int(digits[1]):
        yield (
            "decimal takes its digits, 15 at most, and how many of them stand behind the point, as"
            " in decimal(12,2)"
        )


def _of_enum(field: Field) -> Iterator[str]:
    values = field.said.arguments
    if not values or not all(_VALUE.fullmatch(value) for value in values):
        yield (
            "enum takes its values, letters and digits up to 50 characters, as in"
            " enum(draft|sent|paid)"
        )
    elif len({*values}) < len(values):
        yield "enum has a value twice"


def _of_ref(field: Field) -> Iterator[str]:
    if len(field.said.arguments) > 1 or not re.fullmatch(r"[a-z][a-z0-9_]*", field.target):
        yield "ref takes the name of one resource, as in customer:ref(user)"
    if field.name.endswith("_id"):
        yield f"leave _id out, the column will be {field.name}"
    if len({"cascade", "restrict", "set_null"} & field.modifiers.keys()) > 1:
        yield "only one of cascade, restrict and set_null can be done"
    if "set_null" in field.modifiers and not field.is_optional:
        yield "set_null needs optional"
    if field.is_owner and (field.target != "user" or field.is_optional):
        yield "an owner is a ref(user) that isn't optional"


_OF_KIND: dict[str, Callable[[Field], Iterator[str]]] = {
    "str": _of_text,
    "text": _of_text,
    "decimal": _of_decimal,
    "enum": _of_enum,
    "ref": _of_ref,
}


def _of_modifiers(field: Field) -> Iterator[str]:
    kind, said = field.said.kind, field.modifiers.keys()
    if not field.is_ref and (only := {"cascade", "restrict", "set_null", "owner"} & said):
        yield f"{', '.join(sorted(only))} is for a ref"
    if kind in _WITHOUT_UNIQUE and "unique" in said:
        yield f"{kind} can't be unique"
    if not field.kind.indexed and "index" in said:
        yield f"{kind} can't have an index"
    if kind == "decimal" and "unique" in said and field.arguments[0] == "1":
        yield "a decimal of one digit has too few values to be unique"
    if kind == "str" and "unique" in said and field.arguments[0] == "1":
        yield "a text of one character has too few values to be unique"


def _of_bounds(field: Field) -> Iterator[str]:
    kind = field.said.kind
    bounds = {name: field.modifiers[name] for name in ("min", "max") if name in field.modifiers}
    if not bounds:
        return
    if kind not in NUMBERS:
        hint = f"; its greatest length is said as in {kind}(20)" if kind in {"str", "text"} else ""
        yield f"min and max are for numbers{hint}"
    elif kind == "decimal":
        if bounds != {"min": "0"}:
            yield "decimal takes min=0, and no other bound: its JSON is a text, which has none"
    elif any(not _fits(kind, bound) for bound in bounds.values()):
        yield f"its bounds must be numbers that {kind} can hold, as in min=0"
    elif len(bounds) == 2 and Decimal(bounds["min"]) >= Decimal(bounds["max"]):
        yield "its min must be below its max"
    elif field.is_unique and _room(field) < FEWEST:
        yield f"what is unique needs at least {FEWEST} values between min and max"


def _fits(kind: str, number: str) -> bool:
    if not _NUMBER.fullmatch(number) or (kind != "float" and "." in number):
        return False
    most = {"int": 2**31 - 1, "bigint": 2**53 - 1}.get(kind, 10**15)
    return abs(Decimal(number)) <= most


def _room(field: Field) -> int:
    least, most = field.modifiers.get("min"), field.modifiers.get("max")
    return FEWEST if least is None or most is None else int(most) - int(least)


def _of_default(field: Field) -> Iterator[str]:
    kind, default = field.said.kind, field.default
    if default is None:
        return
    if kind not in {*NUMBERS, "str", "text", "bool", "enum"}:
        yield "a default is for numbers, texts, bool and enum"
    elif field.is_unique:
        yield "what is unique can't have a default"
    elif kind == "enum" and default not in field.arguments:
        yield f"its default is none of {', '.join(field.arguments)}"
    elif kind == "bool" and default not in {"true", "false"}:
        yield "its default is true or false"
    elif kind in {"str", "text"} and (
        not _DEFAULT.fullmatch(default)
        or default != default.strip()
        or len(default) > int(field.arguments[0])
    ):
        yield "its default must fit, and have no quotes, backslashes or characters like %"
    elif kind in NUMBERS and not _is_within(field, default):
        yield f"its default must be a number that fits, as in default={_SOME.get(kind, '0')}"


_SOME = {"decimal": "0.00", "float": "0.5"}


def _is_within(field: Field, default: str) -> bool:
    if field.said.kind == "decimal":
        digits, places = map(int, field.arguments)
        whole, _, fraction = default.removeprefix("-" if field.is_signed else "").partition(".")
        is_number = _NUMBER.fullmatch(default) and (whole == "0" or whole[0] != "0")
        return bool(is_number and len(whole) <= digits - places and len(fraction) <= places)
    if not _fits(field.said.kind, default):
        return False
    ends = field.bounds
    return Decimal(ends.get("ge", default)) <= Decimal(default) <= Decimal(ends.get("le", default))
