"""How routes and services use the client, and what is told when another service fails."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.http.deps import SessionDep
from app.chassis.http.guard import unguarded
from app.chassis.parts.http_client import lifespan
from app.chassis.parts.http_client.client import INSIDE, HttpClient
from app.chassis.parts.http_client.deps import HttpDep
from app.chassis.parts.http_client.settings import OutboundSettings

from ..running import Running, running
from ..waiting import until
from ..witness import TOKEN
from .peer import Asked, Does, Line, hang, peer, statuses

CALLED = "/called"


async def call(url: str, http: HttpDep) -> int:
    return (await http.fetch("GET", url)).status


async def call_inside(url: str, http: HttpDep, session: SessionDep) -> None:
    await http.fetch("GET", url)
    await session.connection()
    for _ in range(2):
        await http.fetch("GET", url)  # the line that is named
    await http.fetch("GET", url)


async def call_before_and_after(url: str, http: HttpDep, session: SessionDep) -> None:
    await http.fetch("GET", url)
    await session.connection()
    await session.finish()
    await http.fetch("GET", url)


@asynccontextmanager
async def service_with(
    settings: ChassisSettings, route: Any = call, **bounds: Any
) -> AsyncGenerator[Running]:
    own = settings.model_copy(update={"outbound": OutboundSettings(**bounds)})
    router = APIRouter(routes=[APIRoute(CALLED, route)])
    routers, parts = [unguarded(router)], [lifespan.opened]
    app = build_app(own, title="It", middleware=[], parts=parts, routers=routers)
    async with running(app) as service:
        yield service


async def ask(service: Running, url: str) -> httpx2.Response:
    return await service.client.get(CALLED, params={"url": f"{url}?token={TOKEN}"})


async def talk_of_secrets(_: Asked, line: Line) -> None:
    await line.write(f"{TOKEN} nonsense\r\n\r\n".encode())
    line.close()


@pytest.mark.parametrize(
    ("does", "bounds", "status", "kind"),
    [
        (talk_of_secrets, {}, 502, "upstream-unavailable"),
        (hang, {"read": 0.1, "attempts": 1}, 504, "upstream-too-slow"),
    ],
)
async def test_a_failure_is_a_problem_that_tells_nothing(
    settings: ChassisSettings, does: Does, bounds: dict[str, Any], status: int, kind: str
) -> None:
    """That neither it nor the log holds the secret, the witness sees."""
    async with peer(does) as there, service_with(settings, **bounds) as service:
        answer = await ask(service, there.url)

    assert answer.status_code == status
    assert answer.json()["type"] == f"urn:problem-type:{kind}"
    assert str(there.port) not in answer.text


async def test_where_no_place_is_free_the_client_may_come_again(settings: ChassisSettings) -> None:
    bounds = {"read": 60, "deadline": 60, "calls": 1, "wait": 0.05}
    async with peer(hang) as there, service_with(settings, **bounds) as service:
        client: HttpClient = service.state["http_client"]
        async with asyncio.TaskGroup() as group:
            task = group.create_task(client.fetch("GET", there.url))
            await until(lambda: client.busy == 1)
            answer = await ask(service, there.url)
            task.cancel()

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:problem-type:upstream-busy"
    assert answer.headers["retry-after"] == "1"


async def test_what_may_fail_is_documented(settings: ChassisSettings) -> None:
    async with service_with(settings) as service:
        document = (await service.client.get("/openapi.json")).json()

    responses = document["paths"][CALLED]["get"]["responses"]
    kinds = {status: responses[status].get("x-problem-types") for status in ("502", "503", "504")}
    assert kinds == {
        "502": ["urn:problem-type:upstream-unavailable"],
        "503": ["urn:problem-type:upstream-busy"],
        "504": ["urn:problem-type:upstream-too-slow"],
    }
    live = document["paths"]["/health/live"]["get"]["responses"]
    assert not {"502", "504"} & live.keys()


async def test_connections_are_closed_with_the_service(settings: ChassisSettings) -> None:
    async with peer(statuses(200)) as there:
        async with service_with(settings) as service:
            await ask(service, there.url)
            assert there.lines == 1

        await until(lambda: not there.lines)


async def test_a_deadline_beyond_that_of_requests_is_told(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with service_with(settings, deadline=settings.http.deadline):
        pass

    assert "APP_OUTBOUND_DEADLINE should be less than APP_HTTP_DEADLINE" in caplog.messages


def warned(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.getMessage() == INSIDE]


async def test_a_call_inside_of_a_unit_of_work_is_told_once_for_each_place(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with peer(statuses(200)) as there, service_with(settings, call_inside) as service:
        for _ in range(2):
            await ask(service, there.url)

    places = [vars(record)["place"] for record in warned(caplog)]
    first = call_inside.__code__.co_firstlineno
    assert places == [f"{__file__}:{first + 4}", f"{__file__}:{first + 5}"]


async def test_one_before_it_has_a_connection_or_after_it_is_not(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    route = call_before_and_after
    async with peer(statuses(200)) as there, service_with(settings, route) as service:
        await ask(service, there.url)

    assert warned(caplog) == []


async def test_production_does_not_look(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    own = settings.model_copy(update={"environment": "production"})
    async with peer(statuses(200)) as there, service_with(own, call_inside) as service:
        await ask(service, there.url)

    assert warned(caplog) == []
