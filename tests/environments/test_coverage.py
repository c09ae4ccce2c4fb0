"""`just coverage` tells what the tests of a project reach, in all processes that they start."""

import subprocess
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer

SERVED = "src/app/chassis/http/bounded_heads.py"
"""Only a server imports it."""


@pytest.mark.slow
def test_what_a_server_runs_is_counted_and_all_is_one_number(
    renderer: Renderer, environment: Environment, tmp_path: Path
) -> None:
    project = renderer.copy(tmp_path / "service", preset="minimal").folder
    justfile = (project / "justfile").read_text().replace("uv run ", "")
    (project / "justfile").write_text(justfile)

    def say(*command: str) -> str:
        asked = [environment.program(command[0]), *command[1:]]
        return subprocess.run(
            asked,
            cwd=project,
            env=environment.variables(),
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        ).stdout

    said = say("just", "coverage", "tests/chassis/test_serving.py", "-k", "your_application")
    share = say("coverage", "report", "--format=total", f"--include={SERVED}")

    assert 1 <= int(said.splitlines()[-1]) <= 100
    assert (project / "htmlcov" / "index.html").exists()
    assert int(share) > 25
