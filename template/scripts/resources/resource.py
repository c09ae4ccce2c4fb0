"""A resource: its names and its fields."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import Refused
from .checking import field_from
from .fields import Field
from .naming import LONGEST_CONSTRAINT, check_resource, human, pascal, plural_of

MOST_FIELDS = 60
"""A body may have 100."""

LONGEST_ERROR = 42
"""The name of an error fits into a line, beside that of its constraint."""


@dataclass(frozen=True)
class Resource:
    name: str
    plural: str
    fields: Sequence[Field]

    @property
    def title(self) -> str:
        return pascal(self.name)

    @property
    def titles(self) -> str:
        return pascal(self.plural)

    @property
    def several(self) -> str:
        """As people say it."""
        return human(self.plural)

    @property
    def url(self) -> str:
        return f"/api/v1/{self.plural.replace('_', '-')}"

    @property
    def refs(self) -> Sequence[Field]:
        return [field for field in self.fields if field.is_ref]

    @property
    def owner(self) -> Field | None:
        return next((field for field in self.fields if field.is_owner), None)

    @property
    def said(self) -> Mapping[str, str]:
        """Each field as it was written, by name."""
        return {field.name: field.said.rest for field in self.fields}


def resource_from(name: str, words: Sequence[str], plural: str | None = None) -> Resource:
    """Raises `Refused`."""
    several = plural or plural_of(name)
    check_resource(name, several)
    resource = Resource(name, several, [field_from(word) for word in words])
    _check_together(resource)
    return resource


def _check_together(resource: Resource) -> None:
    fields = resource.fields
    if not fields:
        raise Refused(f"{resource.name} needs a field, as in: just new {resource.name} name:str")
    if len(fields) > MOST_FIELDS:
        raise Refused(f"{resource.name} has {len(fields)} fields: at most {MOST_FIELDS} fit.")
    ends = [f"{f.column}_{end}" for f in fields if f.has_range for end in ("from", "to")]
    often = Counter([*(field.column for field in fields), *ends])
    if twice := [name for name, times in often.items() if times > 1]:
        raise Refused(f"{resource.name} would have {', '.join(twice)} twice: choose another name.")
    if len([field for field in fields if field.is_owner]) > 1:
        raise Refused(f"{resource.name} can have one owner only.")
    for field in fields:
        error = f"{resource.title}{pascal(field.name)}Taken"
        if field.is_unique and len(error) > LONGEST_ERROR:
            raise Refused(f"{field.said.word}: its error {error} has too long a name; shorten it.")
    for field in resource.refs:
        _check_own_ref(resource, field)


def _check_own_ref(resource: Resource, field: Field) -> None:
    if field.target != resource.name:
        return
    if not field.is_optional or field.is_unique:
        raise Refused(
            f"{field.said.word}: what refers to {resource.name} itself must be optional and not"
            " unique, or there could be no first one."
        )
    if field.at_deletion == "RESTRICT":
        raise Refused(f"{field.said.word}: a ref to {resource.name} itself can't be restrict.")


def check_constraints(resource: Resource, tables: Mapping[str, str]) -> None:
    """Their names must fit; `tables` are those of what refs name. Raises `Refused`."""
    table = resource.plural
    for field in resource.fields:
        names = {
            f"uq_{table}_{field.column}": field.is_unique,
            f"ix_{table}_{field.column}_id": field.is_indexed,
            f"fk_{table}_{field.column}_{tables.get(field.target)}": field.is_ref,
        }
        for name in (name for name, is_there in names.items() if is_there):
            if len(name) > LONGEST_CONSTRAINT:
                raise Refused(
                    f"{field.said.word}: its constraint {name} would have {len(name)} characters;"
                    f" PostgreSQL takes {LONGEST_CONSTRAINT}. Choose a shorter name."
                )


def in_order(resources: Sequence[Resource]) -> list[Resource]:
    """What others refer to comes first. Raises `Refused`."""
    ordered, waiting = [], list(resources)
    while waiting:
        names = {resource.name for resource in waiting}
        free = [one for one in waiting if not {f.target for f in one.refs} & (names - {one.name})]
        if not free:
            raise Refused(f"{', '.join(sorted(names))} refer to each other in a circle.")
        ordered += free
        waiting = [resource for resource in waiting if resource not in free]
    return ordered
