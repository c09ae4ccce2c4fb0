"""What the project has already, and what a resource may therefore not be."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import Refused
from .fields import Field
from .naming import pascal
from .resource import Resource, check_constraints

Resources = Mapping[str, Resource]

MODELS = Path("src/app/db/models")
RULES = Path("src/app/api/rules")
ROUTES = Path("src/app/api/routes")


def has_rules(project: Path) -> bool:
    """Whether it says who may do what."""
    return (project / RULES).is_dir()


def tables_of(resource: Resource, known: Resources, project: Path) -> dict[str, str]:
    """Of what its fields refer to, by name; modules are called like tables. Raises `Refused`."""
    return {field.target: _table_of(resource, field, known, project) for field in resource.refs}


def _table_of(resource: Resource, field: Field, known: Resources, project: Path) -> str:
    if field.target == resource.name:
        return resource.plural
    if field.target in known:
        return known[field.target].plural
    model = project / MODELS / f"{field.target}.py"
    found = model.is_file() and re.search(r'__tablename__ = "(\w+)"', model.read_text())
    if not found:
        raise Refused(
            f"{field.said.word}: there is no {field.target}; there are {_all(known, project)}."
        )
    return found[1]


def _all(known: Resources, project: Path) -> str:
    models = {path.stem for path in (project / MODELS).glob("[!_]*.py")}
    return ", ".join(sorted(models | known.keys())) or "none yet"


def removable(field: Field, table: str, known: Resources, project: Path) -> bool:
    """Whether clients can remove what it refers to, at its own address."""
    routes = project / ROUTES / f"{table}.py"
    return field.target in known or (routes.is_file() and ".delete(" in routes.read_text())


def check(resource: Resource, known: Resources, project: Path) -> None:
    """Raises `Refused`."""
    tables = tables_of(resource, known, project)
    check_constraints(resource, tables)
    for field in resource.refs:
        if field.target not in {*known, resource.name}:
            _check_own_code(field, tables[field.target], project)
    _check_circles(resource, known)
    for told in _clashes(resource, known):
        raise Refused(told)


def _check_own_code(field: Field, table: str, project: Path) -> None:
    """What `just new` would have written is in the places where it would have been."""
    title = pascal(field.target)
    wanted = {
        f"src/app/db/repositories/{table}.py": f"class {title}Repository",
        f"src/app/errors/{table}.py": f"class {title}NotFound",
        f"tests/resources/{table}.py": f'"{field.target}_id"',
    }
    for path, text in wanted.items():
        if not (project / path).is_file() or text not in (project / path).read_text():
            raise Refused(f"{field.said.word}: {path} has no {text}, which a ref needs.")


def _check_circles(resource: Resource, known: Resources) -> None:
    waiting, seen = [resource], set[str]()
    while waiting:
        one = waiting.pop()
        targets = {field.target for field in one.refs} - {one.name}
        if resource.name in targets:
            raise Refused(
                f"{one.name} refers to {resource.name} already: tables in a circle have no order in"
                " which they could be made. A resource of its own can refer to both."
            )
        waiting += [known[name] for name in targets - seen if name in known]
        seen |= targets


def _clashes(resource: Resource, known: Resources) -> Iterator[str]:
    """In tests, the name of an id says what to make."""
    others = [other for other in known.values() if other.name != resource.name]
    meant = {field.name: (field.target, other.name) for other in others for field in other.refs}
    for field in resource.refs:
        target, other = meant.get(field.name, (field.target, ""))
        if target != field.target:
            yield (
                f"{field.said.word}: in {other}, {field.name} refers to {target}: call it"
                f" {resource.name}_{field.name}, for example."
            )
        if field.name in {*known, "user", "post"} and field.name != field.target:
            yield f"{field.said.word}: {field.column} would be taken for that of a {field.name}."
    if resource.name in meant and meant[resource.name][0] != resource.name:
        target, other = meant[resource.name]
        yield (
            f"{other} has {resource.name}_id, which refers to {target}: call the resource"
            f" {resource.name}_entry, for example."
        )
    for each in others:
        if {resource.name, resource.plural} & {each.name, each.plural}:
            yield f"{resource.name}: there is {each.name} with its {each.plural} already."
