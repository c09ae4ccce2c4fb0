"""Names in the OpenAPI document, which are what generated clients are made of."""

import inspect
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fastapi.routing import RouteContext

Documented = Sequence[tuple[RouteContext, dict[str, Any]]]
"""Routes, each with an operation in the document. One with two methods is there twice."""

_SCHEMA = "#/components/schemas/"
_BODY = "Body_"
"""How FastAPI begins the names of forms, and of bodies that hold several arguments."""


def name_operations(documented: Documented) -> None:
    """By their functions: `list_posts`. Where two have the same, their tag comes first, where that
    is not enough, FastAPI's long name stays. `operation_id=` of a route is left as it is."""
    plain = [_plain_name(route, operation) for route, operation in documented]
    tagged = [
        _tagged(name, operation) for name, (_, operation) in zip(plain, documented, strict=True)
    ]
    often, often_tagged = Counter(plain), Counter(tagged)
    for (_, operation), name, longer in zip(documented, plain, tagged, strict=True):
        if often[name] == 1:
            operation["operationId"] = name
        elif often_tagged[longer] == 1 and longer not in often:
            operation["operationId"] = longer


def _plain_name(route: RouteContext, operation: Mapping[str, Any]) -> str:
    if route.operation_id:
        return str(operation["operationId"])
    return re.sub(r"\W", "_", str(route.name))


def _tagged(name: str, operation: Mapping[str, Any]) -> str:
    return re.sub(r"\W", "_", "_".join([*operation.get("tags", [])[:1], name]))


def with_plain_names(document: dict[str, Any], documented: Documented) -> dict[str, Any]:
    """The document, where schemas are called what their titles say, as in `PostReadPage` for
    `Page[PostRead]`, and the bodies of forms after the operations that take them."""
    schemas = document["components"]["schemas"]
    names = dict(_names_of_bodies(documented))
    titles = {name: names.get(name, schema.get("title", name)) for name, schema in schemas.items()}
    often = Counter(titles.values())
    plain = {
        name: title
        for name, title in titles.items()
        if often[title] == 1 and title not in schemas and title.isidentifier()
    }
    for name, title in plain.items():
        schemas[title] = {**schemas.pop(name), "title": title}
    renamed: dict[str, Any] = _pointing_to(
        document, {_SCHEMA + old: _SCHEMA + new for old, new in plain.items()}
    )
    return renamed


def _names_of_bodies(documented: Documented) -> Iterator[tuple[str, str]]:
    for _, operation in documented:
        for media in operation.get("requestBody", {}).get("content", {}).values():
            old = media.get("schema", {}).get("$ref", "").removeprefix(_SCHEMA)
            if old.startswith(_BODY):
                words = [*operation["operationId"].split("_"), "body"]
                yield old, "".join(word[:1].upper() + word[1:] for word in words)


def _pointing_to(part: Any, names: Mapping[str, str]) -> Any:
    """The same with other references."""
    match part:
        case dict():
            return {
                key: names.get(value, value) if key == "$ref" else _pointing_to(value, names)
                for key, value in part.items()
            }
        case list():
            return [_pointing_to(each, names) for each in part]
    return part


def tags_of(documented: Documented) -> list[dict[str, str]]:
    """Each with a sentence: the first of the module that has its first route."""
    found: dict[str, str] = {}
    for route, operation in documented:
        for tag in operation.get("tags", []):
            if tag not in found:
                found[tag] = _sentence(route)
    return [{"name": tag, **({"description": told} if told else {})} for tag, told in found.items()]


def _sentence(route: RouteContext) -> str:
    told = inspect.getdoc(inspect.getmodule(route.endpoint)) or ""
    return " ".join(told.partition("\n\n")[0].split())
