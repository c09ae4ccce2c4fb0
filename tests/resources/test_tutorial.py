"""The second chapter of the tutorial, as it is written, from the first command to the last."""

import os
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.resources.commands import Project
from tests.updates.living import PERSON
from tests.wings.pages import blocks

pytestmark = pytest.mark.slow

CHAPTER = Path(__file__).parents[2] / "docs/tutorial/first-resource.md"
UV = """#!/bin/sh
# What it installs is there already.
test "$1" = run || exit 0
shift
exec "$@"
"""
ADMIN = "ADMIN_PASSWORD='a long passphrase' uv run just create-admin me@example.org"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


@contextmanager
def served(project: Project, variables: dict[str, str]) -> Generator[None]:
    """In place of `just dev`, which starts anew on changes."""
    command = [project.environment.program("python"), "-m", "app", "serve"]
    with subprocess.Popen(
        command, cwd=project.folder, env=variables, stderr=subprocess.DEVNULL
    ) as server:
        try:
            while server.poll() is None and not answers(int(variables["PORT"])):
                time.sleep(0.1)
            yield
        finally:
            server.terminate()


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_the_chapter_does_what_it_says(project: Project, tmp_path: Path) -> None:
    shim, port = tmp_path / "bin/uv", free_port()
    shim.parent.mkdir()
    shim.write_text(UV)
    shim.chmod(0o755)
    variables = project.environment.variables() | PERSON | {"PORT": str(port)}
    variables["PATH"] = f"{shim.parent}{os.pathsep}{variables['PATH']}"

    def run(block: str) -> str:
        done = subprocess.run(
            ["sh", "-ec", block.replace(":8000", f":{port}")],
            cwd=project.folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    run(ADMIN)
    text = CHAPTER.read_text()
    said = {}
    for block in blocks(text, "sh"):
        if "curl" in block:
            with served(project, variables):
                said[block] = run(block)
        else:
            said[block] = run(block)

    told = "\n".join(said.values())
    (refusal,) = blocks(text, "")
    assert refusal in told
    assert '"items":[{"id":' in told
    assert '"number":"A-1","total":"12.50","status":"draft"' in told
    assert "due_on:date:optional:index" in told
    assert not list(project.folder.glob("src/app/**/invoice*.py"))
