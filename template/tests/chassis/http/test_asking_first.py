"""Who is asking is decided before a byte of the body is read."""

from collections.abc import AsyncGenerator
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.types import Message, Scope

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.errors import NotFound
from app.chassis.http.asking_first import RuleDepends
from app.chassis.http.deps import SessionDep
from app.chassis.http.guard import unguarded

from ..running import Running, running


class Body(BaseModel):
    word: str


asked: list[str] = []
"""Which rules were asked, in their order."""


async def refused(session: SessionDep) -> None:
    asked.append("refused")
    raise NotFound


async def allowed(session: SessionDep, thing: int) -> None:
    asked.append("allowed")


Allowed = Annotated[None, Depends(allowed)]
Refused = Annotated[None, Depends(refused)]


async def by_body(_: Allowed, body: Body) -> None:
    asked.append(body.word)
    raise NotFound


async def by_caller_and_body(_: Refused, body: Body) -> None:
    asked.append(body.word)


@pytest.fixture
async def service(settings: ChassisSettings) -> AsyncGenerator[Running]:
    asked.clear()
    router = APIRouter()
    for rule in (refused, allowed, by_body, by_caller_and_body):
        path, dependencies = f"/{rule.__name__}/", [RuleDepends(rule)]
        router.add_api_route(path + "{thing}", answer, methods=["POST"], dependencies=dependencies)
    app = build_app(settings, title="X", middleware=[], parts=[], routers=[unguarded(router)])
    async with running(app) as service:
        yield service


async def answer(body: Body, thing: str) -> str:
    return body.word


async def status(service: Running, path: str) -> tuple[int, list[str]]:
    """Of a request whose body says `read`; and what was asked, and read."""
    sent: list[Message] = []

    async def receive() -> Message:
        asked.append("read")
        return {"type": "http.request", "body": b'{"word": "seen"}'}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "query_string": b"",
        "headers": [(b"content-type", b"application/json"), (b"content-length", b"16")],
        "state": dict(service.state),
    }
    await service.app(scope, receive, send)
    return sent[0]["status"], asked


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/refused/1", (404, ["refused"])),
        ("/by_caller_and_body/1", (404, ["refused"])),
        ("/allowed/x", (422, [])),
        ("/allowed/1", (200, ["allowed", "read", "allowed"])),
        ("/by_body/1", (404, ["allowed", "read", "allowed", "seen"])),
    ],
)
async def test_a_body_is_read_when_all_is_asked_that_needs_none(
    service: Running, path: str, expected: tuple[int, list[str]]
) -> None:
    assert await status(service, path) == expected
