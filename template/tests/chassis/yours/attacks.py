"""A catalogue of hostile input for every operation of the OpenAPI document, so that a new route
joins by itself.

Each request is a valid one with one thing broken, so that it reaches what it attacks, and new, so
that nothing else refuses it. What the document allows is no attack: `true` in a boolean, null where
a value may be missing.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from .. import witness
from .operations import Document, Operation, Parameter, is_id, places, replaced
from .samples import Schema

DOCUMENT = Document()
OPERATIONS = list(DOCUMENT.operations())
SECRET = witness.PASSWORD
JSON = {"content-type": "application/json"}
HUGE = [2**31, 2**63, 2**64, -(2**63) - 1, 10**400]
LEVELS = [500, 3_000, 100_000]

# Percent-encoded: NUL, half of a surrogate pair, what is not UTF-8, a line break, a way up.
WRITTEN = ["%00", "%ED%A0%80", "%FF%FE", "a%0D%0Ab: c", "..%2F..%2Fetc", "%2e%2e", "x" * 10_000]
NUMBERS = [str(number) for number in HUGE] + ["-1", "1e400", "NaN", "0x10", "%EF%BC%91"]
WORDS = ["", "null", "true", "[]", "{}", "'; DROP TABLE users; --"]

HEADERS = [
    ("x-request-id", "x" * 10_000),
    ("x-request-id", "a\tb: c"),
    ("x-request-id", "\x00\x1b[31m"),
    ("cookie", "=;" * 500),
    ("accept-encoding", "gzip;q=x, *;q=-1"),
]

# As JSON writes them: what nothing takes, and what some places may.
NO_TEXTS = [r'"a\u0000b"', r'"\ud800"', r'"\udfff\ud800"']
NO_VALUES = [*NO_TEXTS, "1e999", "NaN", "-Infinity", "9" * 5_000]
TOO_LONG = "x" * 10_000
BEYOND = [*map(str, HUGE), json.dumps(TOO_LONG * 100)]
VALUES = [*BEYOND, "true", "null", json.dumps([SECRET])]
OBJECT = json.dumps({"password": SECRET})
NO_MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "99999-01-01", "2026-02-30"]
NO_BODIES = ["", "[]", "null", "1", '"text"', "{", '{"a": ', "{}{}", "'"]


class Attack(NamedTuple):
    name: str
    request: dict[str, Any]
    may_pass: bool = False
    """It does no harm to some operations, or the document allows it."""


Fresh = Callable[[], dict[str, Any]]
"""Makes a valid request, each time a new one."""


def attacks(operation: Operation, known: Mapping[str, str]) -> Iterator[Attack]:
    def fresh() -> dict[str, Any]:
        return DOCUMENT.request_of(operation, known)

    yield from attacks_on_path(operation, known, fresh)
    yield from attacks_on_query(operation, known, fresh)
    yield from attacks_on_headers(fresh)
    if operation.body is not None:
        yield from broken_bodies(operation, fresh)
        yield from broken_places(operation, fresh)
        yield from broken_forms(fresh)
    yield from twice(fresh)


def twice(fresh: Fresh) -> Iterator[Attack]:
    """What must be unique is refused as documented, too."""
    request = fresh()
    yield Attack("once", request, may_pass=True)
    yield Attack("the same once more", request, may_pass=True)


def attacks_on_path(
    operation: Operation, known: Mapping[str, str], fresh: Fresh
) -> Iterator[Attack]:
    for parameter in operation.path_parameters:
        for value in [*WRITTEN, *NUMBERS, *WORDS[1:]]:
            url = DOCUMENT.url_of(operation, known, **{parameter.name: value})
            may_pass = is_allowed(parameter, value)
            yield Attack(f"path: {value[:30]}", {**fresh(), "url": url}, may_pass)


def attacks_on_query(
    operation: Operation, known: Mapping[str, str], fresh: Fresh
) -> Iterator[Attack]:
    for name, query, may_pass in queries(operation):
        url = DOCUMENT.url_of(operation, known, without=name)
        broken = f"{url}{'&' if '?' in url else '?'}{query}"
        yield Attack(f"query: {query[:40]}", {**fresh(), "url": broken}, may_pass)


def attacks_on_headers(fresh: Fresh) -> Iterator[Attack]:
    for name, value in HEADERS:
        request = fresh()
        headers = {**request["headers"], name: value}
        yield Attack(f"header: {name}", {**request, "headers": headers}, may_pass=True)


def is_allowed(parameter: Parameter, written: str) -> bool:
    """Whether the document allows a value, percent-encoded, in a path or a query."""
    schema, text = DOCUMENT.resolve(parameter.schema), unquote(written, errors="replace")
    if schema.get("type") == "array":
        schema = DOCUMENT.resolve(schema["items"])
    match schema.get("type", "string"):
        case "string" if schema.keys() & {"enum", "const"} or schema.get("format") == "decimal":
            return DOCUMENT.is_valid(schema, text)
        case "string":
            return "format" not in schema
        case "boolean":
            return text in {"true", "1"}
        case "integer" | "number":
            # Digits of other scripts are digits.
            return is_number(schema, text)
    return False


def is_number(schema: Schema, text: str) -> bool:
    try:
        number = int(text) if schema["type"] == "integer" else float(text)
    except ValueError:
        return False
    is_small = abs(number) < HUGE[0]
    return (is_small or is_bounded(schema)) and DOCUMENT.is_valid(schema, number)


def is_bounded(schema: Schema) -> bool:
    """What is longer or greater than all bounds must be refused, so there have to be some. Of
    patterns some are none."""
    for forms in ("anyOf", "oneOf"):
        if forms in schema:
            return all(is_bounded(DOCUMENT.resolve(form)) for form in schema[forms])
    match schema.get("type"):
        case "string" if schema.keys() & {"maxLength", "format", "enum", "const"}:
            return True
        case "string":
            return "pattern" in schema and not DOCUMENT.is_valid(schema, TOO_LONG)
        case "integer" | "number":
            return bool(schema.keys() & {"maximum", "exclusiveMaximum", "enum", "const"})
    return True


def queries(operation: Operation) -> Iterator[tuple[str, str, bool]]:
    """Written queries, each with the parameter that it is about, and whether it may pass."""
    yield "", f"unknown={SECRET}&%00=%FF&limit[]=1", True
    for parameter in operation.query_parameters:
        name, schema = parameter.name, DOCUMENT.resolve(parameter.schema)
        for value in [*WRITTEN, *NUMBERS, *WORDS]:
            yield name, f"{name}={value}", is_allowed(parameter, value)
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in schema:
                yield name, f"{name}={schema[bound] + step}", False
        sample = str(DOCUMENT.sample(parameter.schema, {}, name))
        yield name, f"{name}={sample}&{name}={sample}", True
        if is_id(schema):
            yield from ((name, *each) for each in tampered(name, sample))


def tampered(name: str, cursor: str) -> Iterator[tuple[str, bool]]:
    """Cursors that nobody was given. Those that look like one lead to another page."""
    for value in (cursor[:-1], f"{cursor}0", cursor.replace("0", "g", 1), f"{cursor}%00"):
        yield f"{name}={value}", False
    for value in (cursor.replace("7", "0"), "f" * 32, "0" * 32, f"%7B{cursor}%7D"):
        yield f"{name}={value}", True


def broken_bodies(operation: Operation, fresh: Fresh) -> Iterator[Attack]:
    """What is no object, or one that is not as asked."""
    for text in NO_BODIES:
        yield raw(f"body: {text}", text.encode(), fresh)._replace(may_pass=allows(operation, text))
    for levels in LEVELS:
        yield raw(f"{levels} lists", b"[" * levels + b"]" * levels, fresh)
        inner = b'{"a":' * levels + b"1" + b"}" * levels
        yield raw(f"{levels} levels in a field", b'{"unknown": ' + inner + b"}", fresh)
    body = fresh()["json"]
    if not isinstance(body, dict) or not body:
        return
    takes_any = DOCUMENT.resolve(operation.body or {}).get("additionalProperties") is True
    for name, more in (("one", {"unknown": SECRET}), ("many", {f"x{n}": 1 for n in range(5_000)})):
        request = fresh()
        broken = {**request, "json": request["json"] | more}
        yield Attack(f"unknown fields: {name}", broken, takes_any)
    first, *_ = body
    repeated = ", ".join([json.dumps({first: body[first]})[:-1], json.dumps(body)[1:]])
    yield raw("a key twice", repeated.encode(), fresh)._replace(may_pass=True)


def allows(operation: Operation, text: str) -> bool:
    """Whether the document allows a body. What is no JSON never is."""
    return DOCUMENT.is_valid_text(operation.body or {}, text)


def broken_places(operation: Operation, fresh: Fresh) -> Iterator[Attack]:
    """A valid body with another value in one place."""
    for place in places(fresh()["json"]):
        schema = DOCUMENT.schema_at(operation.body or {}, place)
        for value in [*NO_VALUES, *VALUES, OBJECT]:
            text = json.dumps(replaced(fresh()["json"], place, "HERE")).replace('"HERE"', value)
            is_known = value not in NO_VALUES and (value not in BEYOND or is_bounded(schema))
            harmless = is_known and allows(operation, text)
            attack = raw(f"{place}: {value[:40]}", text.encode(), fresh)
            yield attack._replace(may_pass=harmless)
        for moment in NO_MOMENTS:
            yield changed(f"{place}: {moment}", fresh, place, moment, may_pass=True)
        text = json.dumps(replaced(fresh()["json"], place, "HERE"))
        yield raw(f"{place}: not UTF-8", text.encode().replace(b"HERE", b"\xff\xc0"), fresh)
        if len(place) == 1 and isinstance(place[0], str):
            request = fresh()
            rest = {name: value for name, value in request["json"].items() if name != place[0]}
            may_pass = allows(operation, json.dumps(rest))
            yield Attack(f"without {place}", {**request, "json": rest}, may_pass)


def changed(name: str, fresh: Fresh, place: Any, value: Any, *, may_pass: bool) -> Attack:
    request = fresh()
    return Attack(name, {**request, "json": replaced(request["json"], place, value)}, may_pass)


def broken_forms(fresh: Fresh) -> Iterator[Attack]:
    """A valid body that is sent in the wrong way, or too large."""
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "x", ""):
        content = json.dumps(fresh()["json"]).encode()
        yield raw(f"type {kind}", content, fresh, {"content-type": kind})
    content = json.dumps(fresh()["json"]).encode()
    yield raw("no type", content, fresh, {})
    yield raw("announced", content, fresh, JSON | {"content-length": "9" * 12})
    yield raw("flood", flood(), fresh)
    for name, sent in (("form", {"data": {"name": SECRET}}), ("file", {"files": {"name": b"x"}})):
        request = fresh()
        del request["json"]
        yield Attack(name, {**request, **sent})


def raw(
    name: str,
    content: bytes | AsyncIterator[bytes],
    fresh: Fresh,
    headers: Mapping[str, str] = JSON,
) -> Attack:
    request = fresh()
    del request["json"]
    request["headers"] |= headers
    return Attack(name, {**request, "content": content})


async def flood() -> AsyncIterator[bytes]:
    """More than any route takes, without saying so before."""
    for _ in range(20):
        yield b" " * 1_000_000
