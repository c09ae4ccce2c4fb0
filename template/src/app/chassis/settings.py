"""What every group of settings is. Each lies next to what it sets."""

import json
import re
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

# What Kubernetes tells every pod of each Service in its namespace ("Discovering services"): those
# of one called `app-http` look like settings of the group `http`.
_SERVICE_LINK = re.compile(
    r"(\w+_)?(service_host|service_port(_\w+)?|port_\d+_(tcp|udp|sctp)(_(proto|port|addr))?)"
)
_LINK = re.compile(r"(tcp|udp|sctp)://")
_LISTS = frozenset({list, tuple, set, frozenset})


class Group(BaseModel):
    """Settings that belong together. `APP_LOG_LEVEL` is the field `level` of the group `log`."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    @model_validator(mode="before")
    @classmethod
    def leave_service_links(cls, given: Any) -> Any:
        if isinstance(given, cls):
            return given
        if not isinstance(given, Mapping):
            raise ValueError("is a group: set what belongs to it, each by a variable of its own")
        return {name: value for name, value in given.items() if not cls._is_link(name, value)}

    @classmethod
    def _is_link(cls, name: str, value: object) -> bool:
        if name.endswith("port") and isinstance(value, str) and _LINK.match(value):
            return True
        return name not in cls.model_fields and bool(_SERVICE_LINK.fullmatch(name))

    @field_validator("*", mode="before")
    @classmethod
    def read_text(cls, given: Any, info: ValidationInfo) -> Any:
        return decoded(given, cls.model_fields[info.field_name or ""].annotation)

    def unsafe(self) -> Iterator[str]:
        """What production must not run with: each begins with the name of the variable, without
        `APP_`."""
        yield from ()


def decoded(given: object, annotation: object) -> object:
    """What a variable says: text, but for lists, which have commas or are JSON, and for mappings,
    which are JSON. Raises `ValueError`, which tells the form."""
    if not isinstance(given, str):
        return given
    if any("\ud800" <= character <= "\udfff" for character in given):
        raise ValueError("should be text in UTF-8")
    kinds = set(_kinds(annotation))
    if str in kinds:
        return given
    if kinds & _LISTS:
        return _listed(given.strip())
    return _json(given, dict, '{"a": 1}') if dict in kinds else given


def _kinds(annotation: object) -> Iterator[object]:
    """`list` for `list[str]`, and what is on either side of a `|`."""
    origin = get_origin(annotation)
    if origin in {Union, UnionType}:
        for one in get_args(annotation):
            yield from _kinds(one)
    else:
        yield origin or annotation


def _listed(text: str) -> object:
    if text.startswith(("[", "{", '"', "'")):
        return _json(text, list, '["a", "b"]; or put commas between, a,b')
    return [item.strip() for item in text.split(",") if item.strip()]


def _json(text: str, kind: type, example: str) -> object:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, kind):
        raise ValueError(f"should be JSON, such as {example}")
    return found
