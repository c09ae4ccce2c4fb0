"""Takes what you added to a file that was split out of it, before the rest is merged: between the
marks of a conflict nothing could import it."""

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .moving import Files, Moves, module_at, parsed, with_imports

Lines = tuple[int, int]
"""The first one and the one behind the last, counted from 0."""


@dataclass
class Addition:
    """What you added to one file."""

    path: str
    content: bytes
    """The whole file as it was, whose imports it needs."""

    shipped: list[str]
    """The names that the template had defined there."""

    names: list[str] = field(default_factory=list)
    """The ones that you had."""

    definitions: list[str] = field(default_factory=list)
    members: dict[str, list[str]] = field(default_factory=dict)
    """Fields of a class, or lines of a dictionary, by the first line of that."""


def lift(base: Files, project: Files, moves: Moves) -> tuple[Files, Moves, list[Addition]]:
    """The project without what was added, and the moves that find it where it will be. `base` is
    the render that the project was once."""
    rest, names, additions = dict(project), dict(moves.names), []
    for path, place in moves.own.items():
        old, new = (parsed(path, files.get(path, b"")) for files in (base, project))
        if old is None or new is None:
            continue
        addition, rest[path] = _taken_out(path, project[path], old, new)
        if _statements(rest[path]) == _statements(base[path]):
            rest[path] = base[path]  # all that it imported beside was for what was added
        names |= {f"{module_at(path)}.{name}": module_at(place) for name in addition.names}
        if addition.definitions or addition.members:
            additions.append(addition)
    return rest, replace(moves, names=names), additions


def settle(merged: Files, additions: Iterable[Addition], moves: Moves) -> Files:
    """The files that have what was added. Each imports more than it needs."""
    settled: Files = {}
    for addition in additions:
        place = moves.own[addition.path]
        text = settled.get(place, merged.get(place, b"")).decode()
        if not text:
            text = f'"""Moved from `{addition.path}`, which the template has split."""\n'
        settled[place] = _put_into(text, addition, place, moves).encode()
    return settled


def _taken_out(
    path: str, content: bytes, old: ast.Module, new: ast.Module
) -> tuple[Addition, bytes]:
    shipped = {name: node for node in old.body for name in _bound(node)}
    addition = Addition(path, content, list(shipped))
    lines = content.decode().splitlines(keepends=True)
    for node, following in zip(new.body, [*new.body[1:], None], strict=True):
        names = _bound(node)
        if names and names.isdisjoint(shipped):
            addition.names += sorted(names)
            addition.definitions.append(_cut(lines, _lines_of(node, following)))
        for name in names & shipped.keys():
            known = _members(shipped[name])
            for key, place in _members(node).items():
                if key not in known:
                    head = content.decode().splitlines()[node.lineno - 1]
                    addition.members.setdefault(head, []).append(_cut(lines, place))
    return addition, "".join(lines).encode()


def _statements(content: bytes) -> list[str]:
    body = ast.parse(content.decode()).body
    return [ast.dump(node) for node in body if not isinstance(node, ast.Import | ast.ImportFrom)]


def _bound(node: ast.stmt) -> set[str]:
    """The names that a statement defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.AnnAssign(target=ast.Name(id=name)):
            return {name}
        case ast.Assign(targets=targets):
            return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()


def _members(node: ast.stmt) -> dict[str, Lines]:
    """Where the fields of a class stand, or the entries of a dictionary, by their keys."""
    match node:
        case ast.ClassDef(body=body):
            return {
                ast.dump(one.target): _lines_of(one, following)
                for one, following in zip(body, [*body[1:], None], strict=True)
                if isinstance(one, ast.AnnAssign)
            }
        case ast.Assign(value=ast.Dict() as found) | ast.AnnAssign(value=ast.Dict() as found):
            entries = zip(found.keys, found.values, strict=True)
            return {
                ast.dump(key): (key.lineno - 1, value.end_lineno or value.lineno)
                for key, value in entries
                if key is not None
            }
    return {}


def _lines_of(node: ast.stmt, following: ast.stmt | None) -> Lines:
    """With decorators, and the text that documents it."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    last = node.end_lineno
    match following:
        case ast.Expr(value=ast.Constant(value=str())):
            last = following.end_lineno
    return first - 1, last or node.lineno


def _cut(lines: list[str], place: Lines) -> str:
    first, behind = place
    text = "".join(lines[first:behind])
    lines[first:behind] = [""] * (behind - first)
    return text


def _put_into(text: str, addition: Addition, place: str, moves: Moves) -> str:
    """Imports behind those that are there, then definitions; fields and lines where they belong."""
    definitions = "\n\n".join(addition.definitions)
    if parsed(place, text.encode()) is None:  # it holds a conflict already
        return f"{text}\n\n{definitions}"
    for head, members in addition.members.items():
        text = _with_members(text, head, members)
    imports = with_imports(addition.path, _needed(addition).encode(), moves, to=place).decode()
    lines = text.splitlines(keepends=True)
    behind = max(node.end_lineno or 0 for node in ast.parse(text).body[:1] + _imports(text))
    lines[behind:behind] = ["\n", imports, "\n\n", definitions, "\n\n"]
    return "".join(lines)


def _needed(addition: Addition) -> str:
    """Imports of what the file had imported, and of what the template had defined in it."""
    text = addition.content.decode()
    lines = [ast.get_source_segment(text, node) or "" for node in _imports(text)]
    members = [line for head, lines in addition.members.items() for line in (head, *lines)]
    added = "".join([*addition.definitions, *members])
    here = {_name_in(head) for head in addition.members}
    used = [n for n in addition.shipped if n not in here and re.search(rf"\b{n}\b", added)]
    if used:
        module = module_at(addition.path).rpartition(".")[2]
        lines.append(f"from .{module} import {', '.join(used)}")
    return "".join(f"{line}\n" for line in lines)


def _imports(text: str) -> list[ast.stmt]:
    body = ast.parse(text).body
    return [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]


def _with_members(text: str, head: str, members: list[str]) -> str:
    """At the end of the class that begins so; in a dictionary of their own if there is none."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == _name_in(head):
            lines = text.splitlines(keepends=True)
            lines.insert(node.end_lineno or 0, "\n" + "".join(members))
            return "".join(lines)
    return f"{text}\n\n{head}\n{''.join(members)}}}\n"


def _name_in(head: str) -> str:
    """`Settings` in `class Settings(Options):`, `RULES` in `RULES: Rules = {`."""
    return re.split(r"\W", head.removeprefix("class "), maxsplit=1)[0]
