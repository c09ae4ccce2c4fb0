"""How the application is put together, started and stopped."""

import asyncio
import subprocess
import sys
import time
from typing import Any

import pytest
from fastapi import BackgroundTasks
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from app.chassis.http.deps import get_session
from app.chassis.http.settings import HttpSettings
from app.chassis.logs import LogSettings
from app.config import Settings
from app.main import create_app

from .fixtures import PROJECT
from .running import Running, running
from .serving import environment

IMPORT_AND_WATCH = """
import sys
opened = []
sys.addaudithook(
    lambda event, args: opened.append((event, args[0]))
    if event in {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen"}
    or (event == "open" and args[1] and set(args[1]) & set("wax+"))
    else None
)
import app.main
sys.exit(f"importing opened {opened}" if opened else 0)
"""


def test_importing_opens_nothing() -> None:
    """No connection, no database, and no file but to read code."""
    command = [sys.executable, "-B", "-c", IMPORT_AND_WATCH]

    assert subprocess.run(command, check=False, stderr=subprocess.PIPE).stderr == b""


SERVE_AND_WATCH = """
import asyncio, sys
from app.main import create_app
from tests.factories import publish, register
from tests.running import running

async def serve():
    async with running(create_app()) as service:
        await service.client.get("/health/live")  # what the client itself puts off
        before = set(sys.modules)
        user = await register(service.client)
        post = await publish(service.client, user["id"])
        await service.client.get("/api/v1/users")
        for path in (f"/api/v1/posts/{post['id']}", f"/api/v1/users/{user['id']}"):
            assert (await service.client.delete(path)).status_code == 204
        return sorted(set(sys.modules) - before)

late = asyncio.run(serve())
sys.exit(f"requests imported {late}" if late else 0)
"""


def test_requests_import_nothing(settings: Settings, migrated: None) -> None:
    """An import blocks the loop, and so everybody's requests."""
    variables = environment(settings, port=0) | {"APP_LOG_LEVEL": "ERROR"}
    command = [sys.executable, "-c", SERVE_AND_WATCH]

    done = subprocess.run(
        command, check=False, cwd=PROJECT, env=variables, stderr=subprocess.PIPE, text=True
    )

    assert done.stderr == ""


async def test_two_applications_live_side_by_side(settings: Settings, migrated: None) -> None:
    without_docs = settings.model_copy(update={"http": HttpSettings(docs=False)})

    async with running(create_app(settings)) as one, running(create_app(without_docs)) as other:
        assert one.database is not other.database
        assert (await one.client.get("/openapi.json")).status_code == 200
        assert (await other.client.get("/openapi.json")).status_code == 404
        assert (await other.client.get("/docs")).status_code == 404
        assert (await other.client.get("/api/v1/users")).status_code == 200


@pytest.fixture
def watchful(settings: Settings) -> Settings:
    """Settings with which the watch over the loop, the first resource, notices a pause."""
    return settings.model_copy(update={"log": LogSettings(level="DEBUG", blocked_loop=0.1)})


async def pause() -> None:
    time.sleep(0.3)  # noqa: ASYNC251  # blocks the loop, which only an open watch notices
    await asyncio.sleep(0.1)


async def test_a_running_application_has_its_resources_open(
    watchful: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(create_app(watchful)):
        await pause()

    assert "blocked" in caplog.text


async def test_when_one_resource_fails_to_open_the_earlier_ones_are_closed(
    watchful: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    broken = watchful.model_copy(update={"database": None})

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="AttributeError")):
        async with running(create_app(broken)):
            pass
    await pause()

    assert "blocked" not in caplog.text


async def test_a_task_after_the_answer_that_fails_is_logged(
    settings: Settings, caplog: pytest.LogCaptureFixture
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


async def test_every_session_ends_before_the_answer(service: Running) -> None:
    """A route that asks for `get_session` without the alias would commit after its answer."""

    def sessions(dependant: Dependant) -> list[Any]:
        found: list[Any] = []
        for dependency in dependant.dependencies:
            if dependency.call is get_session:
                found.append(dependency.scope)
            found += sessions(dependency)
        return found

    routes = [context.original_route for context in iter_route_contexts(service.app.routes)]
    dependants = [route.dependant for route in routes if isinstance(route, APIRoute)]
    scopes = [scope for dependant in dependants for scope in sessions(dependant)]
    assert len(scopes) >= 5
    assert set(scopes) == {"function"}
