"""Hostile input must be refused with a problem, or, where it does no harm, answered as
documented."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
import pytest

from app.chassis.db.database import Database
from app.config import Settings

from ...letting_in import sign_in_admin
from ..running import Running
from .attacks import DOCUMENT, OPERATIONS, SECRET, Attack, attacks, body_of, url_of
from .operations import Operation
from .seeds import Known

REFUSALS = {400, 413, 415, 422}


def verdict(operation: Operation, attack: Attack, answer: httpx2.Response) -> str | None:
    """What is wrong with an answer, None when nothing is."""
    status = answer.status_code
    if status >= 500 or status not in operation.statuses | {404}:
        return f"answered {status}"
    if status < 400:
        return None if attack.may_pass else f"accepted with {status}"
    if answer.headers["content-type"] != "application/problem+json":
        return f"no problem but {answer.headers['content-type']}"
    if answer.json()["status"] != status or not answer.json()["detail"]:
        return f"a poor problem: {answer.text}"
    if SECRET in answer.text:
        return f"repeats what was sent: {answer.text}"
    return "a long answer" if len(answer.content) + len(str(answer.headers)) > 50_000 else None


Send = Callable[[Operation, Mapping[str, Any]], Awaitable[httpx2.Response]]


@pytest.fixture
async def send(closed_service: Running, database: Database, settings: Settings) -> Send:
    """As an admin who is signed in, so that it gets past the door."""
    headers = await sign_in_admin(database, settings)

    async def send(operation: Operation, request: Mapping[str, Any]) -> httpx2.Response:
        given = {**request, "headers": headers | request.get("headers", {})}
        return await closed_service.client.request(operation.method, **given)

    return send


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_hostile_input_is_refused(
    client: httpx2.AsyncClient, send: Send, operation: Operation
) -> None:
    known = await Known(client).ids_of(*DOCUMENT.ids_in(operation))
    found = []

    for attack in attacks(operation, known):
        answer = await send(operation, attack.request)
        found.append((attack.name, verdict(operation, attack, answer)))

    assert [(name, wrong) for name, wrong in found if wrong] == []
    assert len(found) > 3


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_what_is_broken_was_valid_before(
    client: httpx2.AsyncClient, send: Send, operation: Operation
) -> None:
    """Else its refusal would prove nothing."""
    known = await Known(client).ids_of(*DOCUMENT.ids_in(operation))
    body = body_of(operation, known)

    answer = await send(operation, {"url": url_of(operation, known), "json": body})

    assert answer.status_code not in REFUSALS, answer.text
