"""Requests that the OpenAPI document allows and the service refuses, because of a rule across
fields: no schema can say that one date follows another, or that 1.0 is no way to write 1."""

from collections.abc import Mapping, Sequence
from typing import Any

import schemathesis

INVALID = "urn:problem-type:invalid-request"


def is_told(response: schemathesis.Response, case: schemathesis.Case[Any]) -> bool:
    """Whether an answer is such a refusal: an error that the route names with `problems(…)`, or one
    of a validator of a whole model, or of whole numbers."""
    if response.status_code != 422:
        return False
    problem = response.json()
    if problem["type"] == INVALID:
        return all(_is_about_several(mistake, case) for mistake in problem["errors"])
    responses = case.operation.definition.raw["responses"]
    return problem["type"] in responses["422"].get("x-problem-types", ())


def _is_about_several(mistake: Mapping[str, Any], case: schemathesis.Case[Any]) -> bool:
    """What is wrong with a single value is told by its schema."""
    place, *steps = mistake["loc"]
    if mistake["type"] == "int_type":
        return place == "body" and isinstance(_value_at(case.body, steps), float)
    if mistake["type"] != "value_error":
        return False
    if place == "query":
        return not steps
    return place == "body" and isinstance(_value_at(case.body, steps), dict | list)


def _value_at(value: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (LookupError, TypeError):
            return None
    return value
