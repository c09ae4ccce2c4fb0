"""What other parts do at each request to another service, such as telling it of a trace."""

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any

from ... import parts
from ...resources import Resources

if TYPE_CHECKING:
    from aiohttp import TraceConfig


def traces_of_parts(resources: Resources[Any]) -> "Sequence[TraceConfig]":
    """Of each part that has an `outbound.py`, which is loaded now and not before: it needs
    aiohttp."""
    found: list[TraceConfig] = []
    for part in iter_modules(parts.__path__, f"{parts.__name__}."):
        if part.ispkg and find_spec(f"{part.name}.outbound"):
            found += import_module(f"{part.name}.outbound").trace_configs(resources)
    return found
