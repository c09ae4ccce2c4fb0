"""Reads `name:type[:modifier…]`: what is said, not yet whether it makes sense."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import Refused
from .kinds import KINDS

MODIFIERS: Mapping[str, bool] = {
    "unique": False,
    "index": False,
    "optional": False,
    "default": True,
    "min": True,
    "max": True,
    "cascade": False,
    "restrict": False,
    "set_null": False,
    "owner": False,
}
"""And whether they take a value."""

EXAMPLE = "as in number:str=20:unique"
_PART = re.compile(r"([a-z_]*)(?:\(([^()]*)\)|=([^()]*))?")


@dataclass(frozen=True)
class Said:
    name: str
    rest: str
    """All behind the name, as it was written."""
    kind: str
    arguments: tuple[str, ...]
    modifiers: Mapping[str, str]

    @property
    def word(self) -> str:
        return f"{self.name}:{self.rest}"


def read_field(word: str) -> Said:
    """Raises `Refused`, with a sentence that begins with the field."""
    if not word.isprintable():
        raise Refused(f"{word!r} has characters that can't be printed.")
    name, colon, rest = word.partition(":")
    if not colon or not name:
        raise Refused(f"{word!r} is no field: write name:type, {EXAMPLE}.")
    head, *more = [_read_part(part, word) for part in _parts(rest, word)]
    kind, given = head
    if kind not in KINDS:
        raise Refused(f"{word}: {_unknown_kind(kind)}")
    arguments = tuple(re.split(r"\s*[|,]\s*", given.strip())) if given is not None else ()
    return Said(name, rest, kind, arguments, dict(_modifiers(more, word)))


def _unknown_kind(kind: str) -> str:
    if kind == "refs":
        return (
            "many to many is a resource of its own, with a ref to each side; just new has no refs."
        )
    what = f"there is no type {kind}" if kind else "the type is missing"
    return f"{what}; there are {', '.join(KINDS)}."


def _parts(rest: str, word: str) -> Iterator[str]:
    """What stands between colons, but for those in parentheses."""
    part, depth = "", 0
    for character in rest:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth not in {0, 1}:
            break
        if character == ":" and not depth:
            yield part
            part = ""
        else:
            part += character
    if depth:
        raise Refused(f"{word}: its parentheses don't fit.")
    yield part


def _read_part(part: str, word: str) -> tuple[str, str | None]:
    found = _PART.fullmatch(part)
    if not found:
        raise Refused(f"{word}: {part!r} can't be read; a field is name:type, {EXAMPLE}.")
    name, in_parentheses, behind_equals = found.groups()
    return name, in_parentheses if in_parentheses is not None else behind_equals


def _modifiers(parts: list[tuple[str, str | None]], word: str) -> Iterator[tuple[str, str]]:
    seen = set[str]()
    for name, value in parts:
        if name not in MODIFIERS:
            raise Refused(f"{word}: there is no modifier {name!r}; there are {_all_modifiers()}.")
        if name in seen:
            raise Refused(f"{word}: it says {name} twice.")
        if MODIFIERS[name] and not value:
            raise Refused(f"{word}: {name} needs a value, as in {name}=0.")
        if not MODIFIERS[name] and value is not None:
            raise Refused(f"{word}: {name} takes no value.")
        seen.add(name)
        yield name, value or ""


def _all_modifiers() -> str:
    return ", ".join(f"{name}=…" if takes else name for name, takes in MODIFIERS.items())
