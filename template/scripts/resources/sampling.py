"""Two values of a field for its tests, as Python writes them. The second is the greater one by
construction; what is unique counts, and never gets to it."""

from decimal import Decimal

from .fields import Field

_NUMBER = "next(_number)"
_FEW = 6
"""Digits from which on no test gets to the end."""

_PLAIN = {
    "bool": ("True", "False"),
    "date": ('"2026-01-31"', '"2027-02-28"'),
    "datetime": ('"2026-01-31T12:00:00Z"', '"2027-02-28T12:00:00Z"'),
    "uuid": (
        '"01890000-0000-7000-8000-000000000001"',
        '"01890000-0000-7000-8000-000000000002"',
    ),
    "email": ('"ada@example.org"', '"other@example.org"'),
    "url": ('"https://example.org/"', '"https://example.org/other"'),
    "json": ('{"key": "value"}', '{"other": [1, None]}'),
}
_DAYS = f"timedelta(days={_NUMBER})"
_UNIQUE = {
    "date": f"str(date(2000, 1, 1) + {_DAYS})",
    "datetime": f'(datetime(2000, 1, 1, tzinfo=UTC) + {_DAYS}).strftime("%Y-%m-%dT%H:%M:%SZ")',
    "uuid": "str(uuid4())",
    "email": f'"ada" + str({_NUMBER}) + "@example.org"',
    "url": f'"https://example.org/" + str({_NUMBER})',
}


def samples(field: Field) -> tuple[str, str | None]:
    """One, which is new each time if it is unique, and another one, if there is any."""
    match field.said.kind:
        case "str" | "text":
            return _texts(field, int(field.arguments[0]))
        case "decimal":
            return _decimals(field, *map(int, field.arguments))
        case "int" | "bigint" | "float":
            return _numbers(field)
        case "enum":
            first, *others = [f'"{value}"' for value in field.arguments]
            return first, others[-1] if others else None
    one, other = _PLAIN[field.said.kind]
    return _UNIQUE[field.said.kind] if field.is_unique else one, other


def _texts(field: Field, most: int) -> tuple[str, str]:
    one, other = (f'"{text[:most].strip()}"' for text in ("Some text", "Text"))
    if not field.is_unique:
        return one, other
    return f"str({_NUMBER}{_modulo(10**most, most)})", other


def _decimals(field: Field, digits: int, places: int) -> tuple[str, str]:
    if field.is_unique:
        counted = f"{_NUMBER}{_modulo(10**digits - 1, digits)}"
        one = f'format(Decimal({counted}).scaleb(-{places}), "f")'
        return one, f'"{Decimal(10**digits - 1).scaleb(-places):f}"'
    fraction = "." + "5".ljust(places, "0") if places else ""
    return f'"1{fraction}"', f'"2{fraction}"'


def _modulo(size: int, digits: int) -> str:
    return "" if digits >= _FEW else f" % {size}"


def _numbers(field: Field) -> tuple[str, str]:
    least, most = (_bound(field.bounds.get(end)) for end in ("ge", "le"))
    if field.is_unique:
        return _counted(least, most)
    if least is None:
        one = 1 if most is None or most >= 2 else most - 1
        return str(one), str(one + 1)
    return str(least), str(least + 1 if most is None or least + 1 <= most else most)


def _counted(least: int | Decimal | None, most: int | Decimal | None) -> tuple[str, str]:
    if most is None:
        start = least or 0
        return f"{f'{start} + ' if start else ''}{_NUMBER}", str(start + 10**6)
    if least is None:
        return f"{most} - {_NUMBER}", str(most)
    return f"{least} + {_NUMBER} % {most - least}", str(most)


def _bound(text: str | None) -> int | Decimal | None:
    if text is None:
        return None
    return Decimal(text) if "." in text else int(text)
