"""Finds the modules of a package, so that adding a file is enough."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """In order of their names."""
    for module in iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{module.name}")
