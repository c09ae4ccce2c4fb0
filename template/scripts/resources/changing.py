"""What becomes of a resource when its fields change, and what that does to rows that exist."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from . import Refused
from .fields import Field
from .reading import read_field
from .resource import Resource, resource_from

_WIDER = {("int", "bigint"), ("str", "text")}


@dataclass(frozen=True)
class Change:
    before: Resource
    after: Resource
    renames: Sequence[tuple[str, str]]
    """Columns, before and after."""


def changed(before: Resource, words: Sequence[str]) -> Change:
    """`name:type` adds or replaces, `name:drop` takes away, `name:rename=new` keeps the values.
    Raises `Refused`."""
    found = dict(before.said)
    renamed: dict[str, str] = {}
    for word in words:
        name, _, what = word.partition(":")
        verb, _, fresh = what.partition("=")
        if verb in {"drop", "rename"} and name not in found:
            raise Refused(f"{word}: there is no {name}; there are {', '.join(found)}.")
        if verb == "drop":
            del found[name]
        elif verb == "rename":
            if fresh in found:
                raise Refused(f"{word}: there is {fresh} already.")
            found = {fresh if key == name else key: said for key, said in found.items()}
            renamed[fresh] = name
        else:
            found[read_field(word).name] = what
    after = resource_from(
        before.name, [f"{name}:{said}" for name, said in found.items()], before.plural
    )
    if [*after.said.items()] == [*before.said.items()]:
        raise Refused(f"{before.name} is so already.")
    _check(before, after, renamed)
    return Change(before, after, [(old, new) for new, old in renamed.items()])


def _check(before: Resource, after: Resource, renamed: dict[str, str]) -> None:
    earlier = {field.name: field for field in before.fields}
    for field in after.fields:
        was = earlier.get(renamed.get(field.name, field.name))
        problems = _of_new(field) if was is None else _of_changed(was, field)
        for problem in problems:
            raise Refused(f"{field.said.word}: {problem}.")
        if was and field.is_ref and field.name in renamed:
            raise Refused(
                f"{was.name}: a ref can't be renamed, because its constraint has its name; drop it"
                " and add another."
            )


def _of_new(field: Field) -> Iterator[str]:
    if not field.is_optional and field.default is None:
        yield (
            "rows that exist would have no value: make it optional, or give it a default, and once"
            " all have one, say it again without"
        )


def _of_changed(was: Field, field: Field) -> Iterator[str]:
    kinds = (was.said.kind, field.said.kind)
    if kinds[0] != kinds[1] and kinds not in _WIDER:
        yield f"{kinds[0]} can't become {kinds[1]}: drop it and add another of a new name"
    elif field.is_ref and was.target != field.target:
        yield f"it refers to {was.target}: add another of a new name for {field.target}"
    elif kinds == ("decimal", "decimal") and _is_narrower(was, field):
        yield "values that exist may not fit into fewer digits"
    elif kinds == ("str", "str") and int(field.arguments[0]) < int(was.arguments[0]):
        yield f"values that exist may be longer: at least str={was.arguments[0]}"
    elif kinds == ("enum", "enum") and (gone := {*was.arguments} - {*field.arguments}):
        yield f"rows may have the value {', '.join(sorted(gone))}: values can only be added"


def _is_narrower(was: Field, field: Field) -> bool:
    (digits, places), (fewer, less) = (map(int, each.arguments) for each in (was, field))
    return fewer - less < digits - places or less < places


def warnings(change: Change) -> Iterator[str]:
    """What a database may refuse, depending on its rows."""
    earlier = {field.name: field for field in change.before.fields}
    old_names = {new: old for old, new in change.renames}
    for field in change.after.fields:
        was = earlier.get(old_names.get(field.name, field.name))
        if was and was.is_optional and not field.is_optional:
            yield f"{field.name} can be missing in rows; where it is, the migration fails."
        if was and field.is_unique and not was.is_unique:
            yield f"{field.name} may be the same in two rows; where it is, the migration fails."
    kept = {field.name for field in change.after.fields} | {old for old, _ in change.renames}
    for name in earlier.keys() - kept:
        yield f"{name} goes with all its values."
