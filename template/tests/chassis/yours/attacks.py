"""A catalogue of hostile input for every operation of the OpenAPI document, so that a new route
joins by itself.

Each request is a valid one with one thing broken, so that it reaches what it attacks.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any, NamedTuple

from .. import witness
from .operations import Document, Operation, Parameter, places, replaced

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

# As JSON writes them, for a place that holds a text.
NO_TEXTS = [r'"a\u0000b"', r'"\ud800"', r'"\udfff\ud800"', "1e999", "NaN", "-Infinity", "true"]
NO_VALUES = [*map(str, HUGE), "9" * 5_000, json.dumps([SECRET]), json.dumps({"password": SECRET})]
NO_MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "99999-01-01", "2026-02-30"]
NO_BODIES = ["", "[]", "null", "1", '"text"', "{", '{"a": ', "{}{}", "'"]


class Attack(NamedTuple):
    name: str
    request: dict[str, Any]
    may_pass: bool = False
    """It does no harm to some operations."""


def url_of(operation: Operation, known: Mapping[str, str], **written: str) -> str:
    """The address, with some of the parameters in its path written otherwise."""
    samples = {p.name: DOCUMENT.sample(p.schema, known, p.name) for p in operation.path_parameters}
    return operation.path.format(**(samples | written))


def body_of(operation: Operation, known: Mapping[str, str]) -> dict[str, Any] | None:
    return DOCUMENT.sample(operation.body, known) if operation.body else None


def attacks(operation: Operation, known: Mapping[str, str]) -> Iterator[Attack]:
    body = body_of(operation, known)
    url, valid = url_of(operation, known), {} if body is None else {"json": body}
    for parameter in operation.path_parameters:
        for value in [*WRITTEN, *NUMBERS, *WORDS[1:]]:
            broken = url_of(operation, known, **{parameter.name: value})
            yield Attack(f"path: {value[:30]}", {"url": broken, **valid}, is_text(parameter))
    for query, may_pass in queries(operation):
        yield Attack(f"query: {query[:40]}", {"url": f"{url}?{query}", **valid}, may_pass)
    for name, value in HEADERS:
        request = {"url": url, "headers": {name: value}, **valid}
        yield Attack(f"header: {name}", request, may_pass=True)
    if body is not None:
        for attack in [*broken_bodies(body), *broken_places(operation, body), *broken_forms(body)]:
            yield attack._replace(request={"url": url, **attack.request})


def is_text(parameter: Parameter) -> bool:
    schema = DOCUMENT.resolve(parameter.schema)
    return schema.get("type") == "string" and "format" not in schema


def queries(operation: Operation) -> Iterator[tuple[str, bool]]:
    """Written queries, each with whether it may pass."""
    yield f"unknown={SECRET}&%00=%FF&limit[]=1", True
    for parameter in operation.query_parameters:
        name, schema = parameter.name, DOCUMENT.resolve(parameter.schema)
        for value in [*WRITTEN, *NUMBERS, *WORDS]:
            # Digits of other scripts are digits.
            yield f"{name}={value}", is_text(parameter) or value == "%EF%BC%91"
        for bound, step in (("minimum", -1), ("maximum", 1)):
            if bound in schema:
                yield f"{name}={schema[bound] + step}", False
        sample = str(DOCUMENT.sample(parameter.schema, {}))
        yield f"{name}={sample}&{name}={sample}", True
        if schema.get("format") == "uuid":
            yield from tampered(name, sample)


def tampered(name: str, cursor: str) -> Iterator[tuple[str, bool]]:
    """Cursors that nobody was given. Those that look like one lead to another page."""
    for value in (cursor[:-1], f"{cursor}0", cursor.replace("0", "g", 1), f"{cursor}%00"):
        yield f"{name}={value}", False
    for value in (cursor.replace("7", "0"), "f" * 32, "0" * 32, f"%7B{cursor}%7D"):
        yield f"{name}={value}", True


def broken_bodies(body: dict[str, Any]) -> Iterator[Attack]:
    """What is no object, or one that is not as asked."""
    for text in NO_BODIES:
        yield raw(f"body: {text}", text.encode())
    yield Attack("unknown field", {"json": body | {"unknown": SECRET}})
    yield Attack("many unknown fields", {"json": body | {f"x{n}": 1 for n in range(5_000)}})
    for levels in LEVELS:
        yield raw(f"{levels} lists", b"[" * levels + b"]" * levels)
        inner = b'{"a":' * levels + b"1" + b"}" * levels
        yield raw(f"{levels} levels in a field", b'{"unknown": ' + inner + b"}")
    first, *_ = body
    twice = ", ".join([json.dumps({first: body[first]})[:-1], json.dumps(body)[1:]])
    yield raw("a key twice", twice.encode())._replace(may_pass=True)


def broken_places(operation: Operation, body: dict[str, Any]) -> Iterator[Attack]:
    """A valid body with another value in one place."""
    is_change = operation.method == "PATCH"
    for place in places(body):
        for value in [*NO_TEXTS, *NO_VALUES, "null", json.dumps("x" * 1_000_000)]:
            text = json.dumps(replaced(body, place, "HERE")).replace('"HERE"', value)
            yield raw(f"{place}: {value[:40]}", text.encode())
        for moment in NO_MOMENTS:
            yield Attack(f"{place}: {moment}", {"json": replaced(body, place, moment)}, True)
        not_utf8 = json.dumps(replaced(body, place, "HERE")).encode().replace(b"HERE", b"\xff\xc0")
        yield raw(f"{place}: not UTF-8", not_utf8)
        if len(place) == 1 and not is_change:
            yield Attack(f"without {place}", {"json": {n: body[n] for n in body if n != place[0]}})


def broken_forms(body: dict[str, Any]) -> Iterator[Attack]:
    """A valid body that is sent in the wrong way, or too large."""
    content = json.dumps(body).encode()
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "x", ""):
        yield Attack(f"type {kind}", {"content": content, "headers": {"content-type": kind}})
    yield Attack("no type", {"content": content})
    yield Attack("form", {"data": {"name": SECRET}})
    yield Attack("file", {"files": {"name": SECRET.encode()}})
    yield Attack("announced", {"content": content, "headers": JSON | {"content-length": "9" * 12}})
    yield Attack("flood", {"content": flood(), "headers": JSON})


def raw(name: str, content: bytes) -> Attack:
    return Attack(name, {"content": content, "headers": JSON})


async def flood() -> AsyncIterator[bytes]:
    """More than any route takes, without saying so before."""
    for _ in range(20):
        yield b" " * 1_000_000
