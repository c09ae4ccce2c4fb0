"""Clients can be generated from the OpenAPI document, and read well."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from .operations import Document

DOCUMENT = Document().content
OPERATIONS = [
    (f"{method.upper()} {path}", operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def within(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
    for each in part.values() if isinstance(part, dict) else part:
        if isinstance(each, dict | list):
            yield from within(each)


def test_each_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for _, operation in OPERATIONS]

    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[A-Za-z]\w*", name) for name in names)
    assert not [name for name in names if "_api_v1_" in name], "two functions of one name and tag"


@pytest.mark.parametrize("name", DOCUMENT["components"]["schemas"])
def test_schemas_are_called_what_their_titles_say(name: str) -> None:
    title = DOCUMENT["components"]["schemas"][name].get("title", name)

    assert re.fullmatch(r"\w+", title)
    assert re.sub(r"-(Input|Output)$", "", name) == title


def test_all_that_is_referred_to_is_there() -> None:
    references = {each["$ref"] for each in within(DOCUMENT) if isinstance(each.get("$ref"), str)}

    known = {f"#/components/schemas/{name}" for name in DOCUMENT["components"]["schemas"]}
    assert references <= known


def test_each_tag_has_a_sentence() -> None:
    used = {tag for _, operation in OPERATIONS for tag in operation.get("tags", [])}

    told = {tag["name"]: tag.get("description", "") for tag in DOCUMENT["tags"]}
    assert told.keys() == used
    assert all(told.values()), "it is the first sentence of the module of its routes"


@pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_an_operation_says_whether_it_wants_a_token(name: str, operation: dict[str, Any]) -> None:
    assert "security" in operation, name
    assert ("401" in operation["responses"]) >= bool(operation["security"])
