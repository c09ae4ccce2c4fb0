"""The operations of the OpenAPI document, each with a valid request to break."""

from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any

from app.config import Settings
from app.main import create_app

Place = tuple[str | int, ...]
"""Where in a body: names and indexes."""

SOME_ID = "01890000-0000-7000-8000-000000000000"
_SAMPLES: Mapping[str, Any] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "integer": 1,
    "number": 1.5,
    "boolean": True,
}
_number = count(1)


@dataclass(frozen=True)
class Parameter:
    name: str
    schema: Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    statuses: frozenset[int]
    """What it can answer."""
    path_parameters: Sequence[Parameter]
    query_parameters: Sequence[Parameter]
    body: Mapping[str, Any] | None
    """The schema of its body."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Document:
    """Made from the application, also when its settings say not to serve it."""

    def __init__(self) -> None:
        self.content = create_app(Settings(environment="test")).openapi()

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.content["paths"].items():
            for method, operation in methods.items():
                yield self._operation(method.upper(), path, operation)

    def _operation(self, method: str, path: str, operation: Mapping[str, Any]) -> Operation:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        parameters = operation.get("parameters", [])
        found = {
            place: [Parameter(p["name"], p["schema"]) for p in parameters if p["in"] == place]
            for place in ("path", "query")
        }
        statuses = frozenset(map(int, operation["responses"]))
        body = media and media["schema"]
        return Operation(method, path, statuses, found["path"], found["query"], body)

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a reference refers to; of several forms the first."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.resolve(self.content["components"]["schemas"][name])
        return self.resolve(schema["anyOf"][0]) if "anyOf" in schema else schema

    def ids_in(self, operation: Operation) -> set[str]:
        """The names of the ids that a request names in its path and its body."""
        path = {parameter.name for parameter in operation.path_parameters}
        return path | (self._ids_of(operation.body) if operation.body else set())

    def _ids_of(self, schema: Mapping[str, Any]) -> set[str]:
        schema = self.resolve(schema)
        inner = [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]
        found = {n for n, s in schema.get("properties", {}).items() if is_id(self.resolve(s))}
        return found.union(*(self._ids_of(each) for each in inner))

    def sample(self, schema: Mapping[str, Any], known: Mapping[str, str], name: str = "") -> Any:
        """A valid value. `known` has ids of what exists, by the name of the field."""
        schema = self.resolve(schema)
        if "properties" in schema:
            return {n: self.sample(s, known, n) for n, s in schema["properties"].items()}
        if "items" in schema:
            return [self.sample(schema["items"], known, name)] * max(1, schema.get("minItems", 0))
        match schema:
            case {"enum": [first, *_]} | {"const": first} | {"default": first} if first is not None:
                return first
            case {"format": "uuid"}:
                return known.get(name, SOME_ID)
            case {"format": "email"}:
                return f"somebody{next(_number)}@example.org"
        kind = schema.get("format", schema.get("type", "string"))
        return _SAMPLES.get(kind) or _SAMPLES.get(schema["type"], _text(schema))


def is_id(schema: Mapping[str, Any]) -> bool:
    return schema.get("format") == "uuid"


def _text(schema: Mapping[str, Any]) -> str:
    return "some text".ljust(schema.get("minLength", 0), "x")[: schema.get("maxLength", 100)]


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Of everything in a body that holds nothing itself; of a list the first item."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from places(item, (*place, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*place, 0))
    else:
        yield place


def replaced(body: Any, place: Place, value: Any) -> Any:
    """A copy with another value in one place."""
    if not place:
        return value
    copy = deepcopy(body)
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    return copy
