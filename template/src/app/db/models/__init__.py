"""One file per table. The package is scanned, so adding a file is enough."""

from importlib import import_module
from pkgutil import iter_modules

from ..base import Base

__all__ = ["Base"]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

Base.registry.configure()
