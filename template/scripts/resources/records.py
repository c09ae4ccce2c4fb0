"""`resources/invoice.toml` and the like: what `just new` made, and specs that tell it what to make;
both are written alike.

    [invoice]
    plural = "invoices"

    [invoice.fields]
    number = "str=20:unique"
    customer = "ref(user)"
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from . import Refused
from .naming import plural_of
from .resource import Resource, resource_from

FOLDER = Path("resources")
_HEAD = "# Made by `just new`, for `just change`, `just remove` and `just update`: don't edit it.\n"


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.toml"


def written(resource: Resource) -> str:
    lines = [f"[{resource.name}]"]
    if resource.plural != plural_of(resource.name):
        lines.append(f'plural = "{resource.plural}"')
    lines += ["", f"[{resource.name}.fields]"]
    lines += [f"{name} = {json.dumps(said)}" for name, said in resource.said.items()]
    return _HEAD + "\n".join(lines) + "\n"


def read_all(project: Path = Path()) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for path in sorted((project / FOLDER).glob("*.toml")):
        found |= read(path)
    return found


def read(path: Path) -> dict[str, Resource]:
    """The resources of a file. Raises `Refused`."""
    try:
        tables = tomllib.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{path} can't be read: {error}") from None
    return dict(_resources(path, tables))


def _resources(path: Path, tables: Mapping[str, Any]) -> Iterator[tuple[str, Resource]]:
    for name, table in tables.items():
        is_table = isinstance(table, dict)
        if not is_table or table.keys() - {"plural", "fields"} or not _is_told(table):
            raise Refused(f"{path}: [{name}] has fields, and if need be a plural; {_EXAMPLE}")
        words = [f"{field}:{said}" for field, said in table.get("fields", {}).items()]
        yield name, resource_from(name, words, table.get("plural"))


def _is_told(table: Mapping[str, Any]) -> bool:
    fields, plural = table.get("fields", {}), table.get("plural", "")
    if not isinstance(fields, dict) or not isinstance(plural, str):
        return False
    return all(isinstance(said, str) for said in fields.values())


_EXAMPLE = 'a field is a line like number = "str=20:unique" under [invoice.fields].'
