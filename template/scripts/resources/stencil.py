"""Writes the files of a resource: the templates in `stencil/` import all that any field may need,
and have lines of any length; ruff makes of it what a person would have written."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mako.lookup import TemplateLookup  # type: ignore[import-untyped]

from .fields import Field
from .naming import human, pascal, with_article
from .project import Resources, has_rules, removable, tables_of
from .resource import Resource
from .sampling import samples

_STENCIL = Path(__file__).parent / "stencil"

_PLACES = {
    "model.py.mako": "src/app/db/models/$name.py",
    "errors.py.mako": "src/app/errors/$plural.py",
    "schemas.py.mako": "src/app/schemas/$plural.py",
    "repository.py.mako": "src/app/db/repositories/$plural.py",
    "service.py.mako": "src/app/services/$plural.py",
    "deps.py.mako": "src/app/api/deps/$plural.py",
    "rules.py.mako": "src/app/api/rules/$plural.py",
    "routes.py.mako": "src/app/api/routes/$plural.py",
    "tests_resources.py.mako": "tests/resources/$plural.py",
    "tests_rules.py.mako": "tests/rules/$plural.py",
    "tests_api.py.mako": "tests/api/test_$plural.py",
}
_OF_RULES = {"rules.py.mako", "tests_rules.py.mako"}
"""Where everybody may do everything there are none."""

_IMPORTED = {
    *("Annotated", "Any", "BigInteger", "Boolean", "ClassVar", "Date", "DateTime", "Decimal"),
    *("DecimalText", "Email", "Field", "FilledText", "Float", "Input", "Integer", "JsonObject"),
    *("Literal", "Output", "Page", "SortedQuery", "Text", "Url"),
}
"""Into schemas: a type of the resource's own is called otherwise."""

_FATES = {"RESTRICT": "stays", "CASCADE": "takes_it_along", "SET NULL": "is_forgotten"}

Files = dict[str, str]


def files_of(resource: Resource, known: Resources, project: Path, form: Path) -> Files:
    """By path, for a project, in the form of code of a folder that has one."""
    templates = TemplateLookup([_STENCIL], strict_undefined=True, input_encoding="utf-8")
    context = _context(resource, known, project)
    files = {}
    for template, place in _PLACES.items():
        if has_rules(form) or template not in _OF_RULES:
            path = place.replace("$name", resource.name).replace("$plural", resource.plural)
            text = templates.get_template(template).render(**context, has_rules=has_rules(form))
            files[path] = text
    return polished(files, form)


def polished(files: Files, form: Path) -> Files:
    with tempfile.TemporaryDirectory() as scratch:
        for path, text in files.items():
            Path(scratch, path).parent.mkdir(parents=True, exist_ok=True)
            Path(scratch, path).write_text(text)
        # One after the other: what one leaves is put right by the next.
        for arguments in (
            ("check", "--fix", "--select", "F401"),
            ("check", "--fix", "--select", "I"),
            ("format",),
        ):
            ruff(*arguments, scratch, project=form)
        return {path: Path(scratch, path).read_text() for path in files}


def ruff(*arguments: str, project: Path) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--quiet", "--no-cache"]
    config = ["--config", "pyproject.toml"]
    subprocess.run([*command, *config], cwd=project, check=True)


def _context(resource: Resource, known: Resources, project: Path) -> dict[str, Any]:
    fields, tables = resource.fields, tables_of(resource, known, project)
    changed = [field for field in fields if not field.is_owner]
    others = list({f.target: f for f in resource.refs if f.target != resource.name}.values())
    return {
        "r": resource,
        "tables": tables,
        "one": human(resource.name),
        "a_one": with_article(resource.name),
        "a_name": with_article(resource.name).replace(" ", "_"),
        "kebab": resource.name.replace("_", "-"),
        "told": _told(resource),
        "owner": resource.owner,
        "constraints": [_constraint(f) for f in fields if f.is_unique or f.is_indexed],
        "violations": list(_violations(resource, tables)),
        "unique": [field for field in fields if field.is_unique],
        "plainly_unique": [f for f in changed if f.is_unique and not (f.is_ref and f.is_optional)],
        "ranges": [field for field in fields if field.has_range],
        "filters": [f for f in fields if f.is_filter and not f.is_ref and samples(f)[1]],
        "sorts": [field for field in fields if field.sorts],
        "changed": changed,
        "changes": _changes(changed),
        "others": others,
        "repositories": [f"{resource.title}Repository", *(f.repository for f in others)],
        "refs_to_change": [field for field in changed if field.is_ref],
        "refs_to_make": [field for field in resource.refs if not field.is_optional],
        "seeded": [field for field in resource.refs if field.name != field.target],
        "removable": [f for f in resource.refs if removable(f, tables[f.target], known, project)],
        "fates": _FATES,
        "counts": any("_number" in samples(f)[0] for f in fields if not f.is_ref),
        "samples": samples,
        "wrong": _wrong,
        "given": lambda field: _given(field, resource),
        "asked": lambda field: _asked(field, resource),
        "taken": lambda field: _taken(field, resource),
        "said": lambda field: human(field.name),
        "refusals": _refusals(resource, fields),
        "refusals_of_changes": _refusals(resource, changed),
    }


def _told(resource: Resource) -> str:
    gone = [human(field.name) for field in resource.refs if field.at_deletion == "CASCADE"]
    told = f"{with_article(resource.name).capitalize()}."
    return told + "".join(f" It goes when its {name} goes." for name in gone[:1])


def _constraint(field: Field) -> str:
    if field.is_unique:
        return f'UniqueConstraint("{field.column}")'
    return f'Index(None, "{field.column}", "id")'


def _violations(resource: Resource, tables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    table = resource.plural
    for field in resource.fields:
        if field.is_unique:
            yield f"uq_{table}_{field.column}", _taken(field, resource)
        if field.is_ref:
            yield f"fk_{table}_{field.column}_{tables[field.target]}", field.not_found


def _refusals(resource: Resource, fields: Sequence[Field]) -> list[str]:
    taken = [_taken(field, resource) for field in fields if field.is_unique]
    return list(dict.fromkeys([*taken, *(field.not_found for field in fields if field.is_ref)]))


def _changes(fields: Sequence[Field]) -> list[tuple[Field, str]]:
    others = [(f, other) for f in fields if not f.is_ref and (other := samples(f)[1])]
    return [*others, *((f, "None") for f in fields if f.is_optional and not f.is_ref)]


def _wrong(field: Field) -> list[str]:
    bounds = [
        *(f"{bound} - 1" for end, bound in field.bounds.items() if end == "ge"),
        *(f"{bound} + 1" for end, bound in field.bounds.items() if end == "le"),
    ]
    below = [] if field.is_signed or field.said.kind != "decimal" else ['"-1"']
    missing = [] if field.is_optional else ["None"]
    return [*map(field.filled, field.kind.wrong), *bounds, *below, *missing]


def _given(field: Field, resource: Resource) -> str:
    if field.alias in _IMPORTED:
        return resource.title + field.alias
    return field.alias or field.given


def _asked(field: Field, resource: Resource) -> str:
    """In a query: numbers are text there, so strict types are out of place."""
    if field.kind.largest:
        bounds = field.asked_bounds + (
            ", allow_inf_nan=False" if field.said.kind == "float" else ""
        )
        return f"{field.kind.asked} | None = Field(default=None{bounds})"
    python = field.kind.asked if field.said.kind == "bool" else _given(field, resource)
    return f"{python} | None = None"


def _taken(field: Field, resource: Resource) -> str:
    return f"{resource.title}{pascal(field.name)}Taken"
