"""Any two operations that write, at the same time and about the same things, in two services that
share their database: each is answered as documented, and none by an error of the service."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from http import HTTPStatus

import httpx2
import pytest

from app.config import Settings
from app.main import create_app

from ...letting_in import hashing_cheaply
from ..running import running
from .attacks import DOCUMENT, OPERATIONS
from .leaving import visiting
from .operations import Operation, Send, sending
from .quiet import noted
from .seeds import Known

# Their number grows with the square of that of your operations.
pytestmark = pytest.mark.thorough

WRITING = [each for each in OPERATIONS if each.method in {"POST", "PUT", "PATCH", "DELETE"}]


@pytest.fixture(scope="module")
async def elsewhere(settings: Settings, migrated: None) -> AsyncGenerator[httpx2.AsyncClient]:
    """The service once more, with connections and locks of its own, as another process has them."""
    async with running(create_app(settings)) as service:
        with hashing_cheaply(service.state):
            async with visiting(service) as client:
                yield client


async def race(known: Known, sends: Sequence[Send], *racing: Operation) -> list[str]:
    """What was wrong. All are about what the same ids name."""
    names = set[str]().union(*map(DOCUMENT.ids_in, racing))
    ids = await known.ids_of(*names)
    requests = [(s, each, DOCUMENT.request_of(each, ids)) for each in racing for s in sends]
    with noted() as logged:
        async with asyncio.TaskGroup() as group:
            tasks = [(each, group.create_task(s(each, request))) for s, each, request in requests]
    found = [
        f"{each} answered {task.result().status_code}"
        for each, task in tasks
        if not is_fine(each, task.result().status_code)
    ]
    return [*found, *logged] if found else []


def is_fine(operation: Operation, status: int) -> bool:
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return status in operation.statuses and (
        not is_ours or status == HTTPStatus.SERVICE_UNAVAILABLE
    )


@pytest.mark.parametrize("operation", WRITING, ids=str)
async def test_two_that_write_at_once_are_both_answered(
    client: httpx2.AsyncClient,
    send: Send,
    elsewhere: httpx2.AsyncClient,
    of_admin: dict[str, str],
    operation: Operation,
) -> None:
    sends = send, sending(elsewhere, of_admin)
    found = list[str]()

    for other in WRITING[WRITING.index(operation) :]:
        if wrong := await race(Known(client), sends, operation, other):
            found += [f"beside {other}:", *wrong]

    if found:
        pytest.fail("\n".join([str(operation), *found]), pytrace=False)
