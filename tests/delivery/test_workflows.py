"""Our workflows and those of renders, read by linters that know GitHub's and GitLab's rules."""

import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendering.renders import ROOT, Renderer, questions

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
SCRIPTS = [ROOT / ".ci" / "run", ROOT / "tests" / "system-packages"]

RECIPE = re.compile(r"\bjust (\w+)")
OURS = re.compile(r"\btests/[\w/.-]+")
REFERENCE = re.compile(r"\b(needs|steps|inputs)\.([\w-]+)(?:\.outputs\.([\w-]+))?")


@pytest.fixture(scope="module")
def on_github(renderer: Renderer) -> Path:
    return renderer.render(ci="github", preset="full").folder


@pytest.fixture(scope="module")
def on_gitlab(renderer: Renderer) -> Path:
    return renderer.render(ci="gitlab", preset="full").folder


def lint(command: Sequence[str], paths: Sequence[Path]) -> None:
    assert paths
    done = subprocess.run([*command, *paths], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(done.stdout + done.stderr, pytrace=False)


def load(path: Path) -> dict[Any, Any]:
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text())
    return loaded


def steps(path: Path) -> Iterator[dict[str, Any]]:
    """Of a workflow or of an action."""
    definition = load(path)
    for part in [definition.get("runs", {}), *definition.get("jobs", {}).values()]:
        yield from part.get("steps", [])


def test_workflows_have_the_form_that_github_wants(on_github: Path) -> None:
    rendered = sorted(on_github.glob(".github/workflows/*"))
    schema = "--builtin-schema=vendor.github-workflows"
    lint(["check-jsonschema", schema], [*WORKFLOWS, *rendered])


def test_actions_have_the_form_that_github_wants() -> None:
    lint(["check-jsonschema", "--builtin-schema=vendor.github-actions"], ACTIONS)


def test_what_checks_a_project_takes_its_lock_as_it_is(on_github: Path, on_gitlab: Path) -> None:
    """One that has drifted would be mended there, and nowhere else."""
    for file in (on_github / ".github/workflows/ci.yml", on_gitlab / ".gitlab-ci.yml"):
        installs = re.findall(r"^\s*- (?:run: )?(uv sync.*)$", file.read_text(), re.MULTILINE)
        assert installs == ["uv sync --locked"], file


def test_every_job_has_a_timeout(on_github: Path) -> None:
    """Those that call another workflow can't: it has its own."""
    rendered = sorted(on_github.glob(".github/workflows/*"))
    schema = "--builtin-schema=custom.github-workflows-require-timeout"
    lint(["check-jsonschema", schema], [*WORKFLOWS, *rendered])


def test_pipelines_have_the_form_that_gitlab_wants(on_gitlab: Path) -> None:
    schema = ["--builtin-schema=vendor.gitlab-ci", "--data-transform=gitlab-ci"]
    lint(["check-jsonschema", *schema], [on_gitlab / ".gitlab-ci.yml"])


def test_workflows_let_nobody_in(on_github: Path) -> None:
    options = ["--offline", "--no-progress", "--pedantic", "--strict-collection"]
    configuration = f"--config={GITHUB / 'zizmor.yml'}"
    lint(["zizmor", *options, configuration], [GITHUB, on_github / ".github"])


def test_only_the_schedule_for_updates_updates(on_gitlab: Path) -> None:
    """Others are the owner's."""
    (rule,) = load(on_gitlab / ".gitlab-ci.yml")["update"]["rules"]

    assert rule == {"if": '$CI_PIPELINE_SOURCE == "schedule" && $TEMPLATE_UPDATE_TOKEN'}


def test_shell_scripts_are_right(on_github: Path, on_gitlab: Path, tmp_path: Path) -> None:
    scripts = []
    for name, job in load(on_gitlab / ".gitlab-ci.yml").items():
        scripts.append(tmp_path / f"gitlab-{name}")
        scripts[-1].write_text("\n".join(job["script"]))
    for path in [*WORKFLOWS, *ACTIONS, *on_github.glob(".github/workflows/*")]:
        for number, step in enumerate(step for step in steps(path) if "run" in step):
            script = tmp_path / f"{path.parents[2].name}-{path.stem}-{number}"
            script.write_text(step["run"])
            scripts.append(script)
    lint(["shellcheck", "--shell=bash"], [*SCRIPTS, *scripts])


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_what_an_expression_names_exists(path: Path) -> None:
    """GitHub takes it for an empty text otherwise."""
    workflow = load(path)
    inputs = workflow[True].get("workflow_call", {}).get("inputs", {})  # YAML takes `on` for yes
    for name, job in workflow["jobs"].items():
        known = {
            "needs": {needed: workflow["jobs"][needed].get("outputs", {}) for needed in needs(job)},
            "steps": {step["id"]: None for step in job.get("steps", []) if "id" in step},
            "inputs": dict.fromkeys(inputs),
        }
        for context, key, output in REFERENCE.findall(yaml.safe_dump(job)):
            assert key in known[context], f"{name}: {context}.{key}"
            if context == "needs" and output:
                assert output in known[context][key], f"{name}: {context}.{key}.outputs.{output}"


def needs(job: dict[str, Any]) -> list[str]:
    needed = job.get("needs", [])
    return [needed] if isinstance(needed, str) else needed


@pytest.mark.parametrize("path", [*WORKFLOWS, *ACTIONS], ids=lambda path: path.stem)
def test_what_a_step_runs_exists(path: Path) -> None:
    recipes = subprocess.check_output(["just", "--summary"], cwd=ROOT, text=True).split()
    for step in steps(path):
        command = step.get("run", "")
        assert set(RECIPE.findall(command)) <= set(recipes), command
        assert all((ROOT / file).exists() for file in OURS.findall(command)), command


def test_the_last_job_of_ci_needs_all_others() -> None:
    jobs = load(GITHUB / "workflows" / "ci.yml")["jobs"]
    assert {*needs(jobs["ci"]), "ci"} == set(jobs)


def test_what_runs_tests_has_the_whole_history() -> None:
    """They update projects of every release."""
    (action,) = ACTIONS
    (checkout,) = [step for step in steps(action) if "checkout" in step.get("uses", "")]
    assert checkout["with"]["fetch-depth"] == 0
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            runs = [step.get("run", "") for step in job.get("steps", [])]
            if any(re.search(r"\bpytest|\bjust|\.ci/run", run) for run in runs):
                assert job["steps"][0]["uses"].endswith("/actions/prepare"), name


def test_the_oldest_and_the_newest_python_are_installed() -> None:
    choices = questions()["python_version"]["choices"]
    (action,) = ACTIONS
    assert f"uv python install {choices[0]} {choices[-1]}\n" in action.read_text()
