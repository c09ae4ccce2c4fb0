"""Migrations of two processes at the same time, and of one whose database is away."""

import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.faults.measured import Measured
from tests.faults.stage import Stage
from tests.rendering.renders import Renderer
from tests.servers.commands import run
from tests.servers.serving import SECRETS, free_port

pytestmark = pytest.mark.slow
ROUNDS = 2
FIRST = "migrations/versions/0001_create_users.py"
WAIT = 2
"""How long migrations wait for a server, in seconds."""


def slowed_down(project: Path, place: Path) -> Path:
    """A copy whose first migration takes its time, so that two of them overlap."""
    copy = place / "slow"
    shutil.copytree(project, copy)
    script = copy / FIRST
    begin = "def upgrade() -> None:\n"
    text = script.read_text()
    assert begin in text
    pause = f"{begin}    import time\n\n    time.sleep(1)\n"
    script.write_text(text.replace(begin, pause))
    return copy


def upgrade(project: Path, environment: Environment, settings: dict[str, str]) -> tuple[int, str]:
    """Exit code and output of `alembic upgrade head`."""
    command = [environment.program("alembic"), "upgrade", "head"]
    return run(command, project, environment.variables() | SECRETS | settings)


def assert_two_end_well(project: Path, environment: Environment, settings: dict[str, str]) -> None:
    with ThreadPoolExecutor(2) as both:
        ended = list(both.map(lambda _: upgrade(project, environment, settings), range(2)))
    assert [code for code, _ in ended] == [0, 0], "\n".join(output for _, output in ended)


def test_of_two_at_once_one_migrates_and_the_other_waits(
    stage: Stage, tmp_path: Path, measured: Measured
) -> None:
    project = slowed_down(stage.project, tmp_path)
    for number in range(ROUNDS):
        database = replace(stage.server, database=f"race_{number}")
        stage.execute(f"CREATE DATABASE {database.database}")

        assert_two_end_well(project, stage.environment, database.variables())

        raced = replace(stage, server=database)
        assert len(raced.fetch("SELECT version_num FROM alembic_version")) == 1
        assert raced.fetch("SELECT count(*) FROM users") == [0]
    measured("migrations", stage.mode, rounds=ROUNDS)


@pytest.mark.parametrize("mode", ["queue", "null"])
def test_of_two_at_once_on_one_file_one_migrates_and_the_other_waits(
    mode: str, renderer: Renderer, environment: Environment, tmp_path: Path, measured: Measured
) -> None:
    render = renderer.render(pooling_mode=mode, auth="none")
    project = slowed_down(render.folder, tmp_path)
    for number in range(ROUNDS):
        url = f"sqlite:///{tmp_path / f'race-{number}.db'}"

        assert_two_end_well(project, environment, {"APP_DATABASE_URL": url})

        assert upgrade(project, environment, {"APP_DATABASE_URL": url})[0] == 0
    measured("migrations", f"sqlite {mode}", rounds=ROUNDS)


@pytest.mark.parametrize("stage", ["queue"], indirect=True)
def test_without_a_server_they_end_in_time_and_say_why(stage: Stage) -> None:
    away = replace(stage.server, port=free_port()).variables()
    began = time.monotonic()
    settings = {**away, "APP_DATABASE_MIGRATION_WAIT": str(WAIT)}
    code, output = upgrade(stage.project, stage.environment, settings)

    assert code > 0
    assert time.monotonic() - began < WAIT + 10
    assert "Traceback" not in output
