"""What the scheduled jobs of a render do each week: the scripts are those of the render, the
repository that they push to is real."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml

from tests.updates.history import git
from tests.updates.living import NEW, OLD, Project, commit, variables

pytestmark = pytest.mark.slow

BRANCH = f"template-{NEW}"
REWORDED, LOST = "src/app/chassis/garbage.py", "docs/lost.md"

GH = """#!/bin/sh
printf "%s\\n" "$*" >> "$GH_CALLS"
case "$*" in "pr list"*) echo "$GH_OPENED" ;; esac
"""
"""GitHub's own program is for GitHub only: what it is told is written down."""


@pytest.fixture
def origin(living: Project, tmp_path: Path) -> Path:
    """Where it is pushed to."""
    folder = tmp_path / "group" / "service.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    living.edit(LOST, "# Lost", "# Found")
    living.edit(REWORDED, '"""', '"""Mine: ')
    commit(living.folder)
    return folder


def job(project: Project, file: str, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(project.path(file).read_text())
    found: dict[str, Any] = loaded.get("jobs", loaded)[name]
    return found


def run(project: Project, script: str, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project.folder,
        env=variables() | given,
        capture_output=True,
        text=True,
        check=False,
    )


def assert_pushed(origin: Path) -> None:
    """The update, with the conflict marked."""
    assert git(origin, "branch", "--format=%(refname:short)").split() == [BRANCH]
    assert git(origin, "log", "-1", "--format=%s", BRANCH) == f"Update the template to {NEW}\n"
    assert "<<<<<<< before updating" in git(origin, "show", f"{BRANCH}:{REWORDED}")
    assert LOST not in git(origin, "ls-tree", "-r", "--name-only", BRANCH).splitlines()


def assert_told(text: str) -> None:
    """What the task of the project says: of conflicts, and of edits that are lost."""
    assert f"delete the marks:\n{REWORDED}\n" in text
    assert f"{LOST} is gone, with your edits." in text
    assert "uv run just update --finish" in text
    assert "give up" not in text


def on_github(project: Project, folder: Path, opened: int = 0) -> list[str]:
    """Take the steps, where so many pull requests have been opened from the branch; the result is
    what was told to `gh`."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    (programs / "gh").write_text(GH)
    (programs / "gh").chmod(0o755)
    calls, output, environment = folder / "calls", folder / "output", folder / "environment"
    for file in (calls, output, environment):
        file.write_text("")
    told = {"GITHUB_OUTPUT": output, "GITHUB_ENV": environment, "RUNNER_TEMP": folder}
    given = {name: str(value) for name, value in told.items()}
    given |= {
        "GH_OPENED": str(opened),
        "GH_CALLS": str(calls),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    for step in job(project, ".github/workflows/update.yml", "update")["steps"]:
        if "run" not in step or ("if" in step and "newer=true" not in output.read_text()):
            continue
        lines = environment.read_text().splitlines()
        done = run(project, step["run"], given | dict(line.split("=", 1) for line in lines))
        assert done.returncode == 0, done.stdout + done.stderr
    return calls.read_text().splitlines()


def test_github_opens_the_newer_version_as_a_pull_request(
    living: Project, origin: Path, tmp_path: Path
) -> None:
    living.git("remote", "add", "origin", str(origin))
    try:
        calls = on_github(living, tmp_path)
        assert_pushed(origin)
        assert any(f"pr create --head {BRANCH} " in call for call in calls)
        body = (tmp_path / "body.md").read_text()
        assert_told(body)

        kept = git(origin, "rev-parse", BRANCH)
        living.git("reset", "--quiet", "--hard", "HEAD^")
        assert not any("pr create" in call for call in on_github(living, tmp_path, opened=1))
        living.git("reset", "--quiet", "--hard", "HEAD^")
        again = on_github(living, tmp_path)
        assert any("pr create" in call for call in again), "it failed once, and never came"
        assert git(origin, "rev-parse", BRANCH) == kept, "it pushed over somebody's work"
    finally:
        living.git("remote", "remove", "origin")


def test_github_does_nothing_when_there_is_no_newer_version(
    living: Project, tmp_path: Path
) -> None:
    living.must("uvx copier update --quiet --defaults")
    commit(living.folder)
    before = living.git("rev-parse", "HEAD")

    assert on_github(living, tmp_path) == []

    assert living.git("rev-parse", "HEAD") == before


class GitLab(ThreadingHTTPServer):
    """Its interface for merge requests, which knows those that were made."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.made: list[dict[str, str]] = []
        self.refuses = False


class Requests(BaseHTTPRequestHandler):
    server: GitLab

    def do_GET(self) -> None:
        asked = fields(urlsplit(self.path).query)
        branch, is_all = asked["source_branch"], asked["state"] == "all"
        self.answer([made for made in self.server.made if made["source_branch"] == branch], is_all)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if not self.server.refuses:
            self.server.made.append(fields(sent))
        self.answer({"iid": 1}, is_right=not self.server.refuses)

    def answer(self, content: object, is_right: bool) -> None:
        is_known = self.headers["PRIVATE-TOKEN"] == "token"
        is_there = urlsplit(self.path).path == "/api/v4/projects/7/merge_requests"
        self.send_response(200 if is_right and is_known and is_there else 403)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None: ...


def fields(text: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(text).items()}


@contextmanager
def gitlab() -> Iterator[GitLab]:
    with GitLab() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def on_gitlab(project: Project, origin: Path, server: GitLab) -> subprocess.CompletedProcess[str]:
    url = "https://update:token@gitlab.example.org/"
    given = {
        "TEMPLATE_UPDATE_TOKEN": "token",
        "CI_SERVER_HOST": "gitlab.example.org",
        "CI_PROJECT_PATH": "group/service",
        "CI_PROJECT_ID": "7",
        "CI_DEFAULT_BRANCH": "main",
        "CI_API_V4_URL": f"http://127.0.0.1:{server.server_port}/api/v4",
        "no_proxy": "127.0.0.1",
        # To git our folder is that host.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin.parents[1]}/.insteadOf",
        "GIT_CONFIG_VALUE_0": url,
    }
    (script,) = job(project, ".gitlab-ci.yml", "update")["script"]
    return run(project, script, given)


def test_gitlab_opens_the_newer_version_as_a_merge_request(living: Project, origin: Path) -> None:
    living.must("uvx copier update --quiet --defaults -r :current: -d ci=gitlab")
    commit(living.folder)
    start = living.git("rev-parse", "HEAD")
    assert living.recorded()["_commit"] == OLD
    with gitlab() as server:
        server.refuses = True
        assert on_gitlab(living, origin, server).returncode, "it failed, and nothing shows it"
        assert_pushed(origin)
        kept = git(origin, "rev-parse", BRANCH)

        server.refuses = False
        for _ in range(2):
            living.git("reset", "--quiet", "--hard", start)
            done = on_gitlab(living, origin, server)
            assert done.returncode == 0, done.stdout + done.stderr
            assert git(origin, "rev-parse", BRANCH) == kept, "it pushed over somebody's work"

    (made,) = server.made
    assert_told(made.pop("description"))
    assert made == {
        "source_branch": BRANCH,
        "target_branch": "main",
        "title": f"Update the template to {NEW}",
    }
