"""How a process ends that can't serve as it is set or written."""

import sys
from typing import NoReturn

REFUSED = 3
"""The exit code by which uvicorn's parent knows that a new worker would fail as well."""


def end_process(why: str) -> NoReturn:
    """With one line. An exception would be a stack, and have a server start workers for ever."""
    sys.stderr.write(f"{why}\n")
    sys.exit(REFUSED)
