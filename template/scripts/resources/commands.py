"""What `just new`, `just change`, `just remove` and `just resources` do. Each refuses before it has
changed anything."""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import Refused, Stopped, files, migrating, project, records, stencil
from .changing import Change, changed, warnings
from .records import path_of, read_all, written
from .resource import Resource
from .stencil import Files

TAB = "\n    "


@contextmanager
def half_way() -> Generator[None]:
    """Something has been written already."""
    try:
        yield
    except Refused as refused:
        raise Stopped(f"{refused}\nIt stopped half way. See what is there: git status") from None


def new(resources: Sequence[Resource], *, dry_run: bool) -> None:
    """One after the other; a later one may refer to an earlier one."""
    made = _all_made(resources)
    if dry_run:
        for path, text in (item for each in made.values() for item in each.items()):
            print(f"{'=' * 8} {path}", text, sep="\n")
        return
    first, *others = resources
    migrating.bring_up_to_date()
    _add(first, made[first.name])
    with half_way():
        for resource in others:
            migrating.bring_up_to_date()
            _add(resource, made[resource.name])
    tests = " ".join(f"tests/api/test_{each.plural}.py" for each in resources)
    print(f"Next: uv run just upgrade && uv run just test {tests}")


def _all_made(resources: Sequence[Resource]) -> dict[str, Files]:
    """Checked, all of them."""
    known = read_all()
    made: dict[str, Files] = {}
    for resource in resources:
        project.check(resource, known, Path())
        known[resource.name] = resource
        made[resource.name] = files_with_record(resource, known)
        files.refuse_existing(made[resource.name])
    return made


def files_with_record(resource: Resource, known: Mapping[str, Resource]) -> Files:
    record = {path_of(resource.name).as_posix(): written(resource)}
    return stencil.files_of(resource, known, Path(), Path()) | record


def _add(resource: Resource, made: Files) -> None:
    files.add(made)
    try:
        migration = migrating.write(f"add {resource.plural}")
    except BaseException:
        files.remove(made)
        raise
    told = [*made, _relative(migration)] if migration else [*made]
    print(f"{resource.name} is made of:", *told, sep=TAB)


def _relative(path: Path) -> str:
    return path.resolve().relative_to(Path.cwd().resolve()).as_posix()


def change(name: str, words: Sequence[str]) -> int:
    known = read_all()
    what = changed(_found(name, known), words)
    others = {other: each for other, each in known.items() if other != name}
    project.check(what.after, others, Path())
    old = files_with_record(what.before, known)
    fresh = files_with_record(what.after, others | {name: what.after})
    migrating.bring_up_to_date()
    for told in warnings(what):
        print(told)
    with half_way():
        return _carry_out(what, *files.merge(old, fresh))


def _carry_out(what: Change, touched: Sequence[str], conflicts: Sequence[str]) -> int:
    print("Changed:", *touched, sep=TAB)
    for renamed in what.renames:
        path = migrating.write_rename(what.after.plural, *renamed)
        print(f"The column is renamed by {_relative(path)}")
    message = f"change {what.after.plural}"
    if conflicts:
        print("You have changed the same lines. Choose, and delete the marks:", *conflicts, sep=TAB)
        print(f'Then: uv run just migrate "{message}"')
        return 1
    if what.renames:
        migrating.run("app", "migrate")
    migration = migrating.write(message)
    print(f"And {_relative(migration)}" if migration else "The tables stay as they are.")
    print(f"Next: uv run just upgrade && uv run just test tests/api/test_{what.after.plural}.py")
    return 0


def remove(name: str, *, delete_edited: bool) -> int:
    known = read_all()
    resource = _found(name, known)
    if users := [o.name for o in known.values() if o.name != name and _refers(o, name)]:
        raise Refused(f"{', '.join(users)} refers to {name}: remove or change that first.")
    made = files_with_record(resource, known)
    if (edited := files.edited(made)) and not delete_edited:
        print("You have changed these, so nothing was removed:", *edited, sep=TAB)
        print(f"To delete them, too: uv run just remove {name} --delete-edited")
        return 1
    with half_way():
        _take_out(resource.plural, [path for path in made if Path(path).exists()])
    return 0


def _take_out(table: str, there: Sequence[str]) -> None:
    undone = migrating.take_back(table)
    told = None if undone else migrating.run("scripts.resources.tables", table)
    files.remove(there)
    gone = [*there, *map(_relative, undone or ())]
    print("Removed:", *gone, sep=TAB)
    if told:
        path = migrating.write_drop(table, **json.loads(told))
        print(f"Others may have the table already: {_relative(path)} drops it.")
    else:
        files.forget(gone)


def _refers(resource: Resource, name: str) -> bool:
    return any(field.target == name for field in resource.refs)


def _found(name: str, known: Mapping[str, Resource]) -> Resource:
    if name not in known:
        there = ", ".join(known) or "none yet"
        raise Refused(f"just new has made no {name}; it has made {there}.")
    return known[name]


def tell() -> None:
    """Which resources there are, as they were told."""
    known = read_all()
    for resource in known.values():
        print(f"{resource.name} ({resource.plural})")
        for name, said in resource.said.items():
            print(f"    {name}:{said}")
    if not known:
        print(
            f"There are none yet in {records.FOLDER}/. Make one: uv run just new invoice number:str"
        )


def render(project: Path) -> None:
    """All that is recorded, into the folder of another version: for `just update`."""
    known = read_all()
    for resource in known.values():
        files.add(stencil.files_of(resource, known, project, Path()))
