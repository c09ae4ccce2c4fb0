"""Valid values for the schemas of the OpenAPI document, new ones each time: what must be unique is.

What no schema tells, as that one date follows another, is told by `examples`, of a model, a field
or a parameter. Ids, addresses and free text in them are made fresh as well.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count
from math import isinf
from typing import Any
from uuid import UUID

import jsonschema_rs

Schema = Mapping[str, Any]

SOME_ID = "01890000-0000-7000-8000-000000000000"
_WIDE = 10_000
"""Whole numbers differ where so many are allowed."""

_SAMPLES: Mapping[str, Any] = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "decimal": "1",
    "binary": "some bytes",
}
_number = count(1)


class Samples:
    def __init__(self, components: Schema) -> None:
        self._components = components
        self._validator = cache(self._made_validator)

    def resolve(self, schema: Schema) -> Schema:
        """What a reference refers to; of several forms the first that is not null."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.resolve(self._components["schemas"][name])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                forms = [form for form in schema[several] if form.get("type") != "null"]
                return self.resolve(forms[0])
        return schema

    def is_valid(self, schema: Schema, value: Any) -> bool:
        try:
            return self._validator(json.dumps(schema)).is_valid(value)
        except ValueError:  # a number that no schema knows
            return False

    def is_valid_text(self, schema: Schema, text: str) -> bool:
        """Whether it is JSON that the schema allows."""
        try:
            value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
        except ValueError:
            return False
        return self.is_valid(schema, value)

    def _made_validator(self, schema: str) -> jsonschema_rs.Validator:
        whole = {**json.loads(schema), "components": self._components}
        return jsonschema_rs.validator_for(whole, validate_formats=True)

    def sample(self, schema: Schema, known: Mapping[str, str], name: str = "") -> Any:
        """A valid value. `known` has ids of what exists, by the name of the field."""
        if examples := _examples(schema) or _examples(self.resolve(schema)):
            return self._renewed(schema, examples[0], known, name)
        return self._made(schema, known, name, frozenset())

    def _made(
        self, schema: Schema, known: Mapping[str, str], name: str, within: frozenset[str]
    ) -> Any:
        """`within` has the models around it: one that holds itself ends there."""
        inner = self.resolve(schema)
        if examples := _examples(schema) or _examples(inner):
            return self._renewed(inner, examples[0], known, name)
        if "properties" in inner:
            within |= {inner.get("title", name)}
            return {
                n: self._made(s, known, n, within)
                for n, s in inner["properties"].items()
                if n in inner.get("required", ()) or not self._holds(s, within)
            }
        if "items" in inner and "default" not in inner:
            item = self._made(inner["items"], known, name, within)
            return [item] * max(1, inner.get("minItems", 0))
        return self._scalar(schema, inner, known, name)

    def _holds(self, schema: Schema, models: frozenset[str]) -> bool:
        inner = self.resolve(schema)
        inner = self.resolve(inner["items"]) if "items" in inner else inner
        return "properties" in inner and inner.get("title") in models

    def _scalar(self, schema: Schema, inner: Schema, known: Mapping[str, str], name: str) -> Any:
        match {**inner, **schema}:
            case {"enum": [first, *_]} | {"const": first} | {"default": first} if first is not None:
                return first
        match inner.get("type", "string"):
            case "integer" | "number":
                return _a_number(inner)
            case "boolean":
                return True
            case "object":
                return {}
            case "array":
                return []
        return self._text(inner, known, name)

    def _text(self, schema: Schema, known: Mapping[str, str], name: str) -> str:
        number = next(_number)
        match schema.get("format"):
            case "uuid":
                return known.get(name) or str(UUID(int=UUID(SOME_ID).int + number))
            case "email":
                return f"somebody{number}@example.org"
            case "uri":
                return f"https://example.org/{number}"
            case str(form) if form in _SAMPLES:
                return str(_SAMPLES[form])
        text = next((t for t in _texts(schema, number) if self.is_valid(schema, t)), None)
        assert text is not None, f"Give {name} examples: its pattern is {schema.get('pattern')}"
        return text

    def _renewed(self, schema: Schema, example: Any, known: Mapping[str, str], name: str) -> Any:
        """An example with what has to be fresh."""
        schema = self.resolve(schema)
        if isinstance(example, dict):
            inner = schema.get("properties", {})
            return {n: self._renewed(inner.get(n, {}), e, known, n) for n, e in example.items()}
        if isinstance(example, list):
            return [self._renewed(schema.get("items", {}), e, known, name) for e in example]
        if isinstance(example, str) and schema.get("type") == "string":
            return self._renewed_text(schema, example, known, name)
        return example

    def _renewed_text(
        self, schema: Schema, example: str, known: Mapping[str, str], name: str
    ) -> str:
        match schema.get("format"):
            case "uuid":
                return known.get(name, example)
            case "email":
                return self._text(schema, known, name)
            case str():
                return example
        texts = _with_number(example, next(_number), schema.get("maxLength", 10_000))
        return next((text for text in texts if self.is_valid(schema, text)), example)


def _examples(schema: Schema) -> list[Any]:
    examples = schema.get("examples") or ([schema["example"]] if "example" in schema else [])
    return [*examples]


def _a_number(schema: Schema) -> int | float:
    step = schema.get("multipleOf", 1)
    least = schema.get("minimum", schema.get("exclusiveMinimum", -step) + step)
    most = schema.get("maximum", schema.get("exclusiveMaximum", least + 2 * _WIDE) - step / 2)
    if schema["type"] == "integer" and most - max(least, 1) > _WIDE and step == 1:
        return int(max(least, 1)) + next(_number)
    number = max(least, min(1, most))
    return int(number) if schema["type"] == "integer" else number


def _texts(schema: Schema, number: int) -> Iterator[str]:
    most, least = schema.get("maxLength", 100), schema.get("minLength", 0)
    digits = str(number)
    for text in (f"some text {digits}", digits, digits.zfill(most), f"A{digits}"):
        yield text[-most:].strip().ljust(least, "x")


def _with_number(text: str, number: int, most: int) -> Iterator[str]:
    """In the place of its last digits, or behind it."""
    if found := re.search(r"\d+(?=\D*$)", text):
        width = len(found[0])
        yield text[: found.start()] + str(number).zfill(width)[-width:] + text[found.end() :]
    yield f"{text[: most - len(str(number))]}{number}"


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _finite(text: str) -> float:
    if isinf(number := float(text)):
        raise ValueError(text)
    return number
