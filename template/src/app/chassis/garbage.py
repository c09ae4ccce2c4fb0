"""Spares the garbage collector work that finds nothing."""

import gc
from collections.abc import Generator
from contextlib import contextmanager

NEW_OBJECTS = 20_000
"""How many more objects there are before the collector looks at the new ones: Python's default, 700
up to 3.13, is reached several times per request."""


@contextmanager
def rare_collections() -> Generator[None]:
    """Collect seldom while the block runs, and never what was there before: modules, routes and
    settings live as long as the process.

    Reference counting frees nearly everything a request makes; the collector is for cycles only.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
