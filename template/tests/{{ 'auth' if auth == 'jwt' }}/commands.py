"""Commands for operators, as processes."""

from subprocess import CompletedProcess

from app.config import Settings

from ..chassis.forking import run_forked
from ..chassis.serving import environment


def run_command(
    name: str, settings: Settings, *arguments: str, **variables: str
) -> CompletedProcess[str]:
    """With nobody to ask."""
    return run_forked(["app", name, *arguments], environment(settings, port=0) | variables)
