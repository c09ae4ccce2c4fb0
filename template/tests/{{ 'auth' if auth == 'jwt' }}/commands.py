"""Commands for operators, as processes."""

import os
from subprocess import CompletedProcess

from app.config import Settings

from ..chassis.forking import run_forked
from ..chassis.serving import environment


def run_script(
    name: str, settings: Settings, *arguments: str, **variables: str
) -> CompletedProcess[str]:
    """With nobody to ask."""
    paths = {"PYTHONPATH": os.pathsep.join(["src", "."])}
    return run_forked(
        [f"scripts.{name}", *arguments], environment(settings, port=0) | paths | variables
    )
