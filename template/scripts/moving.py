"""Follows what the template moved: files to their new paths, and imports to where names are now."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

Files = dict[str, bytes]
"""Contents by path."""


@dataclass(frozen=True)
class Moves:
    paths: Mapping[str, str]
    """New paths by old ones."""

    names: Mapping[str, str] = field(default_factory=dict)
    """The new module of a name that went elsewhere than the rest, by `module.name`."""

    own: Mapping[str, str] = field(default_factory=dict)
    """By the path of a file that was split, the one for what you added to it."""

    def module_of(self, module: str) -> str:
        moved = {module_at(old): module_at(new) for old, new in self.paths.items()}
        return moved.get(module, module)


def read_moves(text: str, old: Mapping[str, object], new: Mapping[str, object]) -> Moves:
    """Of a table in TOML, what lies between two renders, which are given by their paths."""
    table = tomllib.loads(text)
    paths = {a: b for a, b in table["paths"].items() if a in old and a not in new}
    own = {path: place for path, place in table["own"].items() if path in old}
    split = {module_at(path) for path in {*paths, *own}}
    names = {n: to for n, to in table["names"].items() if n.rpartition(".")[0] in split}
    return Moves(paths, names, own) if paths else Moves({})


def moved(files: Mapping[str, bytes], moves: Moves) -> Files:
    """The same files where they belong now, importing from where names are now."""
    return {
        moves.paths.get(path, path): with_imports(path, content, moves)
        for path, content in files.items()
    }


def with_imports(path: str, content: bytes, moves: Moves, to: str | None = None) -> bytes:
    """The content for a file at `to`, by default where the table moves it. Only statements that
    import something else, or from elsewhere, are written anew."""
    tree = parsed(path, content)
    if tree is None:
        return content
    old, new = _package(path), _package(to or moves.paths.get(path, path))
    lines = content.decode().splitlines(keepends=True)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in sorted(imports, key=lambda node: node.lineno, reverse=True):
        before = list(_imported(node, old))
        after = [_target(what, moves) for what in before]
        if after != before or (node.level and old != new):
            indent = lines[node.lineno - 1][: node.col_offset]
            written = _written(after, new if node.level else None)
            lines[node.lineno - 1 : node.end_lineno] = [f"{indent}{line}\n" for line in written]
    return "".join(lines).encode()


def parsed(path: str, content: bytes) -> ast.Module | None:
    """None for what is no Python, or can't be read."""
    if not path.endswith(".py"):
        return None
    try:
        return ast.parse(content.decode())
    except (SyntaxError, ValueError):
        return None


def module_at(path: str) -> str:
    """`app.db.models` of `src/app/db/models/__init__.py`."""
    inside = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__")
    return inside.replace("/", ".")


def _package(path: str) -> str:
    module = module_at(path)
    return module if PurePosixPath(path).name == "__init__.py" else module.rpartition(".")[0]


Imported = tuple[str, str, str | None]
"""A module, a name in it, and what it is called, where that is said."""


def _imported(node: ast.ImportFrom, package: str) -> Iterator[Imported]:
    above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
    module = ".".join(filter(None, [above, node.module])) if node.level else node.module or ""
    for alias in node.names:
        yield module, alias.name, alias.asname


def _target(what: Imported, moves: Moves) -> Imported:
    module, name, called = what
    whole = f"{module}.{name}"
    if whole in moves.names:
        return moves.names[whole], name, called
    if (now := moves.module_of(whole)) != whole:  # the name is a module
        parent, _, leaf = now.rpartition(".")
        return parent, leaf, called or (name if leaf != name else None)
    return moves.module_of(module), name, called


def _written(imported: list[Imported], package: str | None) -> Iterator[str]:
    """One statement for each module, relative to `package` unless it is None."""
    for module in dict.fromkeys(module for module, _, _ in imported):
        names = [f"{n} as {called}" if called else n for m, n, called in imported if m == module]
        place = _relative(module, package) if package else module
        yield f"from {place} import {', '.join(names)}"


def _relative(module: str, package: str) -> str:
    """`..errors` for `app.errors` in the package `app.api`; absolute where nothing is shared."""
    ours, theirs = package.split("."), module.split(".")
    shared = 0
    while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
        shared += 1
    return "." * (len(ours) - shared + 1) + ".".join(theirs[shared:]) if shared else module
