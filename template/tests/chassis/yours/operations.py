"""The operations of the OpenAPI document, each with a valid request to break."""

from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import httpx2

from app.config import Settings
from app.main import create_app

from .samples import SOME_ID, Samples, Schema

Place = tuple[str | int, ...]
"""Where in a body: names and indexes."""


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    schema: Schema
    is_required: bool


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    statuses: frozenset[int]
    """What it can answer."""
    parameters: Sequence[Parameter]
    body: Schema | None
    """The schema of its body."""

    @property
    def path_parameters(self) -> Sequence[Parameter]:
        return [parameter for parameter in self.parameters if parameter.place == "path"]

    @property
    def query_parameters(self) -> Sequence[Parameter]:
        return [parameter for parameter in self.parameters if parameter.place == "query"]

    def required(self, place: str) -> Sequence[Parameter]:
        return [p for p in self.parameters if p.place == place and p.is_required]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


Send = Callable[[Operation, Mapping[str, Any]], Coroutine[Any, Any, httpx2.Response]]
"""Sends a request of an operation."""


def sending(client: httpx2.AsyncClient, headers: Mapping[str, str]) -> Send:
    """With some headers more."""

    async def send(operation: Operation, request: Mapping[str, Any]) -> httpx2.Response:
        given = {**request, "headers": {**headers, **request["headers"]}}
        return await client.request(operation.method, **given)

    return send


class Document(Samples):
    """Made from the application, also when its settings say not to serve it."""

    def __init__(self) -> None:
        self.content = create_app(Settings(environment="test")).openapi()
        super().__init__(self.content["components"])

    def operations(self) -> Iterator[Operation]:
        for path, methods in self.content["paths"].items():
            for method, operation in methods.items():
                yield self._operation(method.upper(), path, operation)

    def _operation(self, method: str, path: str, operation: Mapping[str, Any]) -> Operation:
        media = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return Operation(
            method,
            path,
            statuses=frozenset(map(int, operation["responses"])),
            parameters=[_parameter(found) for found in operation.get("parameters", [])],
            body=media and _with_examples(media, media["schema"]),
        )

    def ids_in(self, operation: Operation) -> set[str]:
        """The names of the ids that a request names in its path, its query and its body."""
        path = {parameter.name for parameter in operation.path_parameters}
        query = {p.name for p in operation.required("query") if is_id(self.resolve(p.schema))}
        return path | query | (self._ids_of(operation.body) if operation.body else set())

    def _ids_of(self, schema: Schema, within: frozenset[str] = frozenset()) -> set[str]:
        schema = self.resolve(schema)
        title = str(schema.get("title")) if "properties" in schema else ""
        if title in within:
            return set()
        within |= {title} if title else set()
        inner = [*schema.get("properties", {}).values(), *filter(None, [schema.get("items")])]
        found = {n for n, s in schema.get("properties", {}).items() if is_id(self.resolve(s))}
        return found.union(*(self._ids_of(each, within) for each in inner))

    def url_of(
        self, operation: Operation, known: Mapping[str, str], *, without: str = "", **written: str
    ) -> str:
        """The address, with some of the parameters in its path written otherwise, and what the
        query has to hold, but for one name."""
        samples = {
            p.name: quote(str(self._sample_in_path(p, known))) for p in operation.path_parameters
        }
        path = operation.path.format(**(samples | written))
        needed = [p for p in operation.required("query") if p.name != without]
        query = {p.name: written_in_query(self.sample(p.schema, known, p.name)) for p in needed}
        return f"{path}?{urlencode(query, doseq=True)}" if query else path

    def _sample_in_path(self, parameter: Parameter, known: Mapping[str, str]) -> Any:
        if is_id(self.resolve(parameter.schema)):
            return known.get(parameter.name, SOME_ID)
        return self.sample(parameter.schema, known, parameter.name)

    def headers_of(self, operation: Operation) -> dict[str, str]:
        """Those that it can't do without."""
        needed = operation.required("header")
        return {p.name: str(self.sample(p.schema, {}, p.name)) for p in needed}

    def body_of(self, operation: Operation, known: Mapping[str, str]) -> Any:
        return self.sample(operation.body, known) if operation.body else None

    def request_of(self, operation: Operation, known: Mapping[str, str]) -> dict[str, Any]:
        """A valid request, as clients send it; a new one each time."""
        body = self.body_of(operation, known)
        request = {"url": self.url_of(operation, known), "headers": self.headers_of(operation)}
        return request if body is None else {**request, "json": body}

    def schema_at(self, schema: Schema, place: Place) -> Schema:
        """What a body may hold there."""
        schema = self.resolve(schema)
        for step in place:
            inner = schema.get("items") if isinstance(step, int) else None
            schema = self.resolve(inner or schema.get("properties", {}).get(step) or {})
        return schema


def _parameter(found: Mapping[str, Any]) -> Parameter:
    schema = _with_examples(found, found["schema"])
    return Parameter(found["name"], found["in"], schema, found.get("required", False))


def _with_examples(around: Mapping[str, Any], schema: Schema) -> Schema:
    """OpenAPI has examples beside a schema, by name, where a schema has a list of them."""
    named = [example["value"] for example in around.get("examples", {}).values()]
    examples = named or ([around["example"]] if "example" in around else [])
    return {**schema, "examples": examples} if examples else schema


def is_id(schema: Schema) -> bool:
    return schema.get("format") == "uuid"


def written_in_query(value: Any) -> Any:
    if isinstance(value, list):
        return [written_in_query(each) for each in value]
    return str(value).lower() if isinstance(value, bool) else str(value)


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    """Of everything in a body that holds nothing itself; of a list the first item."""
    if isinstance(value, dict) and value:
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
