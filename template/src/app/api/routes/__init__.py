"""One file per resource, each with a `router`. The package is scanned, so adding a file is
enough."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from fastapi import APIRouter


def find_routers() -> Iterator[APIRouter]:
    """The routers of all modules, in order of their names."""
    for module in iter_modules(__path__):
        router = import_module(f"{__name__}.{module.name}").router
        assert isinstance(router, APIRouter)
        yield router
