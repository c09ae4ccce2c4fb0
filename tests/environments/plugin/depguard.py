"""A pytest plugin for suites in a shared environment: it hides what their project lacks.

It runs inside of the generated project, so it knows nothing of this repository.
"""

import sys
import tomllib
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())


def declared() -> set[str]:
    """The distributions that `uv sync` would install for the project."""
    todo = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    requirements = [Requirement(line) for line in todo]
    seen: set[tuple[str, str]] = set()
    while requirements:
        requirement = requirements.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras} - {e for n, e in seen if n == name}:
            seen.add((name, extra))
            theirs = map(Requirement, metadata.requires(name) or [])
            requirements += [
                r for r in theirs if r.marker is None or r.marker.evaluate({"extra": extra})
            ]
    return {name for name, _ in seen}


def hidden_modules() -> set[str]:
    allowed = declared()
    return {
        module
        for module, owners in metadata.packages_distributions().items()
        if not allowed & {str(canonicalize_name(owner)) for owner in owners}
    }


class Guard:
    """Stands before all importers."""

    def __init__(self, hidden: set[str]) -> None:
        self.hidden = hidden

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name.partition(".")[0] in self.hidden:
            raise ModuleNotFoundError(f"{name!r} is not declared by this variant", name=name)
        return None


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """After installed plugins were loaded, before the project's own code is."""
    hidden = hidden_modules()
    for name in [name for name in sys.modules if name.partition(".")[0] in hidden]:
        del sys.modules[name]
    sys.meta_path.insert(0, Guard(hidden))
