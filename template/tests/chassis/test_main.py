"""How the application is put together, started and stopped."""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import BackgroundTasks

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.http.settings import HttpSettings
from app.chassis.logs import LogSettings
from app.chassis.resources import Resources

from .fixtures import PROJECT
from .running import running
from .serving import environment
from .things.application import create_app
from .things.factory import URL

SERVE_AND_WATCH = """
import asyncio, sys
from tests.chassis.running import running
from tests.chassis.things.application import create_app
from tests.chassis.things.factory import URL, make_box

async def serve():
    async with running(create_app()) as service:
        await service.client.get("/health/live")  # what the client itself puts off
        before = set(sys.modules)
        box = await make_box(service.client)
        await service.client.get(URL)
        assert (await service.client.delete(f"{URL}/{box['id']}")).status_code == 204
        return sorted(set(sys.modules) - before)

late = asyncio.run(serve())
sys.exit(f"requests imported {late}" if late else 0)
"""


@pytest.mark.thorough
def test_requests_import_nothing(settings: ChassisSettings, tables_made: None) -> None:
    """An import blocks the loop, and so everybody's requests."""
    variables = environment(settings, port=0) | {"APP_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-c", SERVE_AND_WATCH]

    done = subprocess.run(
        command, check=False, cwd=PROJECT, env=variables, stderr=subprocess.PIPE, text=True
    )

    assert done.stderr == ""


async def test_two_applications_live_side_by_side(
    settings: ChassisSettings, tables_made: None
) -> None:
    without_docs = settings.model_copy(update={"http": HttpSettings(docs=False)})

    async with running(create_app(settings)) as one, running(create_app(without_docs)) as other:
        assert one.database is not other.database
        assert (await one.client.get("/openapi.json")).status_code == 200
        assert (await other.client.get("/openapi.json")).status_code == 404
        assert (await other.client.get("/docs")).status_code == 404
        assert (await other.client.get(URL)).status_code == 200


@pytest.fixture
def watchful(settings: ChassisSettings) -> ChassisSettings:
    """Settings with which the watch over the loop notices a pause."""
    return settings.model_copy(update={"log": LogSettings(level="DEBUG", blocked_loop=0.1)})


async def pause() -> None:
    time.sleep(0.3)  # noqa: ASYNC251  # blocks the loop, which only an open watch notices
    await asyncio.sleep(0.1)


async def test_a_running_application_has_its_resources_open(
    watchful: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(create_app(watchful)):
        await pause()

    assert "blocked" in caplog.text


async def test_when_one_resource_fails_to_open_the_earlier_ones_are_closed(
    settings: ChassisSettings,
) -> None:
    """The first is that the garbage collector leaves alone what is there already."""
    broken = settings.model_copy(update={"database": None})

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="AttributeError")):
        async with running(create_app(broken)):
            pass

    assert gc.get_freeze_count() == 0


async def test_what_blocks_the_loop_before_it_serves_is_in_nobodys_way(
    watchful: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """Imports, as a rule."""

    @asynccontextmanager
    async def opened(_: Resources[Any]) -> AsyncGenerator[None]:
        await pause()
        yield

    app = build_app(watchful, title="Slow", middleware=[], parts=[opened], routers=[])
    async with running(app):
        pass

    assert "blocked" not in caplog.text


async def test_a_task_after_the_answer_that_fails_is_logged(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)

    async def fail() -> None:
        raise LookupError("the mail server is gone")

    @app.get("/later")
    async def later(tasks: BackgroundTasks) -> dict[str, str]:
        tasks.add_task(fail)
        return {"status": "accepted"}

    async with running(app) as service:
        response = await service.client.get("/later")

    assert response.json() == {"status": "accepted"}
    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert isinstance(record.exc_info[1], LookupError)
