"""Probes, with the database up, down and hanging."""

import asyncio
from pathlib import Path
from typing import cast

import httpx2
import pytest
from sqlalchemy import event

from app.chassis.config import ChassisSettings
from app.chassis.errors import NotReady
from app.chassis.http.deps import State
from app.chassis.http.health import check_readiness
from app.chassis.http.settings import HealthSettings

from ..database import hanging_database, unreachable_database
from ..running import Running, running
from ..serving import live_server
from ..things.application import create_app
from ..waiting import PATIENCE


async def test_a_running_service_is_alive_and_ready(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}
    assert (await client.get("/health/ready")).json() == {"status": "ok"}


async def test_a_flood_of_probes_opens_few_connections(service: Running) -> None:
    opened: list[object] = []
    for probe in service.database.probes:
        event.listen(probe.sync_engine, "connect", lambda *connection: opened.append(connection))

    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(service.client.get("/health/ready")) for _ in range(150)]

    assert {task.result().status_code for task in asked} == {200}
    # A busy machine may take longer than an answer is good for.
    assert len(opened) <= 10 * len(service.database.probes)


@pytest.mark.thorough
def test_probes_may_ask_for_the_status_alone(settings: ChassisSettings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    lost = settings.model_copy(update={"database": unreachable_database()})
    heads = []
    for given in (settings, lost):
        with live_server(given, log) as url:
            for path in ("/health/live", "/health/ready"):
                answer = httpx2.head(f"{url}{path}", timeout=PATIENCE)
                heads.append((answer.status_code, answer.content))

    assert heads == [(200, b""), (200, b""), (200, b""), (503, b"")]


async def test_the_documentation_names_both_ways_to_ask(client: httpx2.AsyncClient) -> None:
    paths = (await client.get("/openapi.json")).json()["paths"]

    for path in ("/health/live", "/health/ready"):
        assert paths[path].keys() == {"get", "head"}
        assert "content" not in paths[path]["head"]["responses"]["200"]


async def test_without_a_database_the_service_lives_but_is_not_ready(
    settings: ChassisSettings,
) -> None:
    down = settings.model_copy(update={"database": unreachable_database()})

    async with running(create_app(down)) as service:
        live = await service.client.get("/health/live")
        ready = await service.client.get("/health/ready")
        request = await service.client.get("/api/v1/boxes")

    assert live.status_code == 200
    assert (ready.status_code, ready.json()["type"]) == (503, "urn:problem-type:not-ready")
    assert (request.status_code, request.headers["retry-after"]) == (503, "1")
    assert request.json()["type"] == "urn:problem-type:database-unavailable"


@pytest.mark.thorough
async def test_readiness_does_not_wait_for_a_database_that_hangs(settings: ChassisSettings) -> None:
    with hanging_database() as database:
        health = HealthSettings(timeout=0.3)
        hanging = settings.model_copy(update={"database": database, "health": health})
        async with running(create_app(hanging)) as service:
            ready = await service.client.get("/health/ready")
            with pytest.raises(NotReady) as refused:
                await check_readiness(cast("State", service.state))

    assert ready.status_code == 503
    assert isinstance(refused.value.__cause__, TimeoutError), "its own, not the database's"


@pytest.mark.thorough
async def test_a_database_that_hangs_delays_the_start_and_does_not_prevent_it(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with hanging_database() as database:
        hanging = settings.model_copy(
            update={"database": database, "health": HealthSettings(timeout=0.3)}
        )
        async with running(create_app(hanging)) as service:
            live = await service.client.get("/health/live")
            ready = await service.client.get("/health/ready")

    assert (live.status_code, ready.status_code) == (200, 503)
    assert [r for r in caplog.records if r.levelname == "WARNING" and "database" in str(vars(r))]
