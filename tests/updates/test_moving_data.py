"""docs/how-to/switch-to-postgresql.md takes a service with its rows to PostgreSQL."""

import re
import shutil
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import ROOT
from tests.servers.serving import Service, free_port, service
from tests.updates.living import Project, start_project, variables

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "how-to" / "switch-to-postgresql.md").read_text()
BLOCKS = re.findall(r"^   ```sh\n(.*?)^   ```", PAGE, re.MULTILINE | re.DOTALL)
COMMIT, UPDATE, SETTINGS, COPY, COMMIT_AGAIN = map(dedent, BLOCKS)


@contextmanager
def serving(project: Project) -> Generator[Service]:
    with service(project.folder, Environment(project.folder / ".venv"), {}) as running:
        yield running


@contextmanager
def postgres(project: Project) -> Generator[None]:
    """The one that `just dev` would start."""
    command = ["uv", "run", "python", "-u", "-m", "scripts.postgres", "sleep", "600"]
    with subprocess.Popen(
        command, cwd=project.folder, env=variables(), stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        assert any("Started PostgreSQL" in line for line in process.stderr)
        yield
        process.send_signal(signal.SIGTERM)


def write(running: Service) -> None:
    for name in ("Ada", "Grace"):
        person = {"email": f"{name.lower()}@example.org", "name": name}
        user = running.call("POST", "/api/v1/users", person)
        post = {"author_id": user.body["id"], "title": "Ünïcode ✓", "body": f"By {name}."}
        assert running.call("POST", "/api/v1/posts", post).status == 201


def read(running: Service) -> list[dict[str, Any]]:
    paths = ("/api/v1/users", "/api/v1/posts")
    return [item for path in paths for item in running.call("GET", path).body["items"]]


def use_a_free_port(project: Project) -> None:
    """Somebody else on this machine may listen on the one that is written there."""
    environment = project.path(".env")
    text, count = re.subn(r"(@127\.0\.0\.1:)\d+", rf"\g<1>{free_port()}", environment.read_text())
    assert count == 1
    environment.write_text(text)


def test_rows_are_found_on_postgresql_after_the_switch(versions: Path, tmp_path: Path) -> None:
    project = start_project(versions, tmp_path / "service", preset="minimal")
    project.must("uv run just upgrade")
    with serving(project) as running:
        write(running)
        before = read(running)
    assert len(before) == 4
    project.edit("README.md", "## Tasks", "## Our tasks")

    project.must(COMMIT + UPDATE + SETTINGS)
    use_a_free_port(project)
    told = project.must(COPY)
    data = Path(re.findall(r"data in (.+)\.$", told, re.MULTILINE)[0])
    try:
        assert "2 rows of users\n2 rows of posts\n" in told
        with postgres(project), serving(project) as running:
            assert read(running) == before
        missing = project.run("uv run just copy-sqlite other.db")
        assert "There is no file other.db.\nNothing was copied." in missing.output
        again = project.run(COPY)
        assert again.status == 1
        assert "has rows already, in users, posts.\nNothing was copied." in again.output
        project.must(COMMIT_AGAIN)
    finally:
        shutil.rmtree(data.parent)
