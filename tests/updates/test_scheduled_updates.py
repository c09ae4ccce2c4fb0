"""What the scheduled jobs of a render do each week: the scripts are those of the render, the
repository that they push to is real."""

import os
import subprocess
from pathlib import Path
from typing import Any

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

HOOK = '#!/bin/sh\nenv | sed -n "s/^GIT_PUSH_OPTION_[0-9]*=//p" > push-options\n'


@pytest.fixture
def origin(living: Project, tmp_path: Path) -> Path:
    """Where it is pushed to, which keeps the options of the last push."""
    folder = tmp_path / "group" / "service.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    git(folder, "config", "receive.advertisePushOptions", "true")
    hook = folder / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    living.edit(LOST, "# Lost", "# Found")
    living.edit(REWORDED, '"""', '"""Mine: ')
    commit(living.folder)
    return folder


def job(project: Project, file: str, name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(project.path(file).read_text())
    found: dict[str, Any] = loaded.get("jobs", loaded)[name]
    return found


def run(project: Project, script: str, given: dict[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=project.folder,
        env=variables() | given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def assert_pushed(origin: Path) -> None:
    """The update, with the conflict marked."""
    assert git(origin, "branch", "--format=%(refname:short)").split() == [BRANCH]
    assert git(origin, "log", "-1", "--format=%s", BRANCH) == f"Update the template to {NEW}\n"
    assert "<<<<<<< before updating" in git(origin, "show", f"{BRANCH}:{REWORDED}")
    assert LOST not in git(origin, "ls-tree", "-r", "--name-only", BRANCH).splitlines()


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
        run(project, step["run"], given | dict(line.split("=", 1) for line in lines))
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
        assert f"Conflicts are marked in these files:\n\n{REWORDED}\n" in body
        assert f"These files are deleted, edited or not:\n\n{LOST}\n" in body

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


def on_gitlab(project: Project, origin: Path) -> None:
    url = "https://update:token@gitlab.example.org/"
    given = {
        "TEMPLATE_UPDATE_TOKEN": "token",
        "CI_SERVER_HOST": "gitlab.example.org",
        "CI_PROJECT_PATH": "group/service",
        # To git our folder is that host.
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{origin.parents[1]}/.insteadOf",
        "GIT_CONFIG_VALUE_0": url,
    }
    (script,) = job(project, ".gitlab-ci.yml", "update")["script"]
    run(project, script, given)


def test_gitlab_opens_the_newer_version_as_a_merge_request(living: Project, origin: Path) -> None:
    living.must("uvx copier update --quiet --defaults -r :current: -d ci=gitlab")
    commit(living.folder)
    start = living.git("rev-parse", "HEAD")
    assert living.recorded()["_commit"] == OLD

    on_gitlab(living, origin)

    assert_pushed(origin)
    assert (origin / "push-options").read_text().splitlines() == [
        "merge_request.create",
        f"merge_request.title=Update the template to {NEW}",
        f"merge_request.description=Conflicts are marked in: {REWORDED}."
        f" Deleted, edited or not: {LOST}.",
    ]
    kept = git(origin, "rev-parse", BRANCH)
    living.git("reset", "--quiet", "--hard", start)
    on_gitlab(living, origin)
    assert git(origin, "rev-parse", BRANCH) == kept, "it pushed over somebody's work"
