"""Parts: opened in order, closed in reverse, and reached by requests."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.http.guard import unguarded
from app.chassis.http.settings import HttpSettings
from app.chassis.resources import Part, Resources

from .running import running


def part(name: str, done: list[str], *, fails: bool = False) -> Part:
    """One that requests reach by its name."""

    @asynccontextmanager
    async def opened(resources: Resources[Any]) -> AsyncGenerator[Mapping[str, str]]:
        if fails:
            raise RuntimeError(f"{name} fails")
        done.append(f"{name} opened")
        try:
            yield {name: f"the {name}"}
        finally:
            done.append(f"{name} closed")

    return opened


def application(settings: ChassisSettings, *parts: Part) -> FastAPI:
    router = APIRouter()

    @router.get("/bell")
    async def ring(request: Request) -> str:
        return str(request.state["bell"])

    routers = [unguarded(router)]
    return build_app(settings, title="Parts", middleware=[], parts=parts, routers=routers)


async def test_requests_reach_what_parts_yield(settings: ChassisSettings) -> None:
    done: list[str] = []
    app = application(settings, part("bell", done), part("whistle", done))

    async with running(app) as service:
        assert (await service.client.get("/bell")).json() == "the bell"

    assert done == ["bell opened", "whistle opened", "whistle closed", "bell closed"]


async def test_a_part_finds_those_before_it(settings: ChassisSettings) -> None:
    """As one that measures another, or that needs it."""

    @asynccontextmanager
    async def opened(resources: Resources[Any]) -> AsyncGenerator[Mapping[str, str]]:
        yield {"echo": f"echo of {resources.parts['bell']}"}

    async with running(application(settings, part("bell", []), opened)) as service:
        assert service.state["echo"] == "echo of the bell"


async def test_a_part_that_fails_to_open_closes_the_ones_before(settings: ChassisSettings) -> None:
    done: list[str] = []
    app = application(settings, part("bell", done), part("whistle", done, fails=True))

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match="whistle fails")):
        async with running(app):
            pass

    assert done == ["bell opened", "bell closed"]


@pytest.mark.parametrize("name", ["bell", "database"])
async def test_a_name_that_requests_have_already_is_refused(
    settings: ChassisSettings, name: str
) -> None:
    app = application(settings, part("bell", []), part(name, []))

    with pytest.RaisesGroup(pytest.RaisesExc(RuntimeError, match=name)):
        async with running(app):
            pass


async def test_parts_hear_when_draining_begins(settings: ChassisSettings) -> None:
    heard = asyncio.Event()

    @asynccontextmanager
    async def opened(resources: Resources[Any]) -> AsyncGenerator[None]:
        resources.draining.on_begin(heard.set)
        yield

    slow = settings.model_copy(update={"http": HttpSettings(drain_delay=600)})
    app = build_app(slow, title="Parts", middleware=[], parts=[opened], routers=[])

    async with running(app) as service, asyncio.timeout(30):
        service.state["draining"].on_signal()
        await heard.wait()
        assert (await service.client.get("/health/ready")).status_code == 503
