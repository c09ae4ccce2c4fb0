"""Any two operations that write, at the same time and about the same things: each is answered as
documented, and none by an error of the service."""

import asyncio
from http import HTTPStatus

import httpx2
import pytest

from .attacks import DOCUMENT, OPERATIONS
from .operations import Operation, Send
from .quiet import noted
from .seeds import Known

# Their number grows with the square of that of your operations.
pytestmark = pytest.mark.thorough

WRITING = [each for each in OPERATIONS if each.method in {"POST", "PUT", "PATCH", "DELETE"}]
TIMES = 2
"""How often each of the two is sent."""


async def race(known: Known, send: Send, *racing: Operation) -> list[str]:
    """What was wrong. All are about what the same ids name."""
    names = set[str]().union(*map(DOCUMENT.ids_in, racing))
    ids = await known.ids_of(*names)
    requests = [(each, DOCUMENT.request_of(each, ids)) for each in racing for _ in range(TIMES)]
    with noted() as logged:
        async with asyncio.TaskGroup() as group:
            tasks = [(each, group.create_task(send(each, request))) for each, request in requests]
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
    client: httpx2.AsyncClient, send: Send, operation: Operation
) -> None:
    found = list[str]()

    for other in WRITING[WRITING.index(operation) :]:
        if wrong := await race(Known(client), send, operation, other):
            found += [f"beside {other}:", *wrong]

    if found:
        pytest.fail("\n".join([str(operation), *found]), pytrace=False)
