"""Commands of a render: what its justfile holds, and processes that are ended when they hang."""

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

MOST_SECONDS = 600
"""After these a step counts as hanging."""


def steps_of(folder: Path, recipe: str = "check-all") -> list[str]:
    """The commands of a recipe of a justfile, without `uv run`: our environment has them all."""
    lines = (folder / "justfile").read_text().partition(f"\n{recipe}:")[2].splitlines()[1:]
    block = lines[: next((n for n, line in enumerate(lines) if not line.startswith(" ")), None)]
    return [line.strip().removeprefix("exec ").removeprefix("uv run ") for line in block]


def run(
    arguments: Sequence[str], folder: Path, variables: dict[str, str], most: float = MOST_SECONDS
) -> tuple[int, str]:
    """Exit code and output; what hangs is ended together with all that it has started."""
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=most)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        output, _ = process.communicate()
        return -1, f"{output}\nIt was still running after {most} s."
    return process.returncode, output
