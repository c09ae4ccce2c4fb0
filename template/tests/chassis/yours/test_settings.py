"""Every setting: in `.env.example`, documented, and bounded."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from app.config import Settings

from ..fixtures import PROJECT


def fields() -> Iterator[tuple[str, str, FieldInfo]]:
    """Environment variable, group and field of every setting."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for inner, setting in field.annotation.model_fields.items():
                yield f"APP_{name}_{inner}".upper(), name, setting
        else:
            yield f"APP_{name}".upper(), "", field


ALL = {name: field for name, _, field in fields()}
EXAMPLE = dict(
    re.findall(r"^(?:# )?(APP_\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)
)
FOR_DEVELOPMENT = dict(
    re.findall(r"^(APP_\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)
)


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert sorted(EXAMPLE) == sorted(ALL)


@pytest.mark.parametrize("name", sorted(set(EXAMPLE) - set(FOR_DEVELOPMENT)))
def test_the_example_shows_the_default(name: str) -> None:
    field = ALL[name]
    value: Any = EXAMPLE[name]
    if value.startswith("[") or value in {"true", "false"}:
        value = json.loads(value)

    assert TypeAdapter(cast("Any", field.annotation)).validate_python(value) == field.default


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_setting_is_documented_and_bounded(name: str) -> None:
    field = ALL[name]

    assert field.description
    if field.annotation in {int, float} or isinstance(field.default, list):
        assert field.metadata, f"{name} needs a least and a greatest value"
