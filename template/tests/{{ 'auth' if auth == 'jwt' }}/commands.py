"""Commands for operators, as processes."""

import os
import subprocess
import sys

from app.config import Settings

from ..chassis.fixtures import PROJECT
from ..chassis.serving import environment


def run_script(
    name: str, settings: Settings, *arguments: str, **variables: str
) -> "subprocess.CompletedProcess[str]":
    """With nobody to ask."""
    paths = {"PYTHONPATH": os.pathsep.join(["src", "."])}
    return subprocess.run(
        [sys.executable, "-m", f"scripts.{name}", *arguments],
        cwd=PROJECT,
        env=environment(settings, port=0) | paths | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
