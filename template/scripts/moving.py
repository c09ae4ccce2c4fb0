"""Follows what the template moved: files to their new paths, and imports to where names are now."""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

Files = dict[str, bytes]
"""Contents by path."""

ROOTS = ("src/", "")
"""What paths of modules are relative to."""


@dataclass(frozen=True)
class Moves:
    """What one version of the template moved."""

    version: str
    paths: Mapping[str, str]
    """New paths by old ones."""
    names: Mapping[str, str]
    """New modules of names that went elsewhere than the rest of their module: by `module.name`."""
    own: Mapping[str, str]
    """Where definitions of your own go that stood in a file of the template, by its old path."""

    def module_of(self, module: str) -> str:
        return _modules(self.paths).get(module, module)


def read_moves(text: str) -> list[Moves]:
    """The oldest first. `text` is TOML, as in `scripts/moves.toml`."""
    return [
        Moves(of["version"], of["paths"], of.get("names", {}), of.get("own", {}))
        for of in tomllib.loads(text)["moves"]
    ]


def moved(files: Mapping[str, bytes], moves: Moves) -> Files:
    """The same files where they belong now."""
    return {
        moves.paths.get(path, path): with_imports(path, content, moves)
        for path, content in files.items()
    }


def with_imports(path: str, content: bytes, moves: Moves) -> bytes:
    """What a file imports is imported from where it is now. Other text stays as it is."""
    if not path.endswith(".py"):
        return content
    try:
        text = content.decode()
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return content
    lines = text.splitlines(keepends=True)
    old, new = module_at(path), module_at(moves.paths.get(path, path))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in sorted(imports, key=lambda node: node.lineno, reverse=True):
        found = list(_targets(node, _package(old, path), moves))
        before, after = old != new and node.level > 0, [(m, n) for m, n, _ in found]
        if before or after != [(m, n) for m, n, _ in _as_it_is(node, _package(old, path))]:
            indent = lines[node.lineno - 1][: node.col_offset]
            written = _written(found, node.level > 0, _package(new, moves.paths.get(path, path)))
            lines[node.lineno - 1 : node.end_lineno] = [f"{indent}{line}\n" for line in written]
    return "".join(lines).encode()


def module_at(path: str) -> str:
    """`app.db.models` of `src/app/db/models/__init__.py`."""
    inside = path.removeprefix(ROOTS[0]).removesuffix(".py").removesuffix("/__init__")
    return inside.replace("/", ".")


def _modules(paths: Mapping[str, str]) -> dict[str, str]:
    return {module_at(old): module_at(new) for old, new in paths.items() if old.endswith(".py")}


def _package(module: str, path: str) -> str:
    return module if PurePosixPath(path).name == "__init__.py" else module.rpartition(".")[0]


Target = tuple[str, str, str | None]
"""A module, a name in it, and what the importing module calls it, where it says so."""


def _as_it_is(node: ast.ImportFrom, package: str) -> Iterator[Target]:
    above = package.rsplit(".", node.level - 1)[0] if node.level > 1 else package
    module = ".".join(filter(None, [above, node.module])) if node.level else node.module or ""
    for alias in node.names:
        yield module, alias.name, alias.asname


def _targets(node: ast.ImportFrom, package: str, moves: Moves) -> Iterator[Target]:
    for module, name, called in _as_it_is(node, package):
        whole = f"{module}.{name}"
        if whole in moves.names:
            yield moves.names[whole], name, called
        elif (now := moves.module_of(whole)) != whole:  # the name is a module
            parent, _, leaf = now.rpartition(".")
            yield parent, leaf, called or (name if leaf != name else None)
        else:
            yield moves.module_of(module), name, called


def _written(found: list[Target], is_relative: bool, package: str) -> Iterator[str]:
    for module in dict.fromkeys(module for module, _, _ in found):
        names = [f"{n} as {called}" if called else n for m, n, called in found if m == module]
        place = _relative(module, package) if is_relative else module
        yield f"from {place} import {', '.join(names)}"


def _relative(module: str, package: str) -> str:
    """`..errors` for `app.errors` in the package `app.api`; absolute where nothing is shared."""
    ours, theirs = package.split("."), module.split(".")
    shared = 0
    while shared < min(len(ours), len(theirs)) and ours[shared] == theirs[shared]:
        shared += 1
    return "." * (len(ours) - shared + 1) + ".".join(theirs[shared:]) if shared else module
