"""Hostile input must be refused with a problem, or, where it does no harm, answered as documented;
and the same by routes that are compiled and by FastAPI."""

from http import HTTPStatus

import httpx2
import pytest

from .attacks import DOCUMENT, OPERATIONS, SECRET, Attack, attacks
from .operations import Operation, sending
from .quiet import noted
from .seeds import Known

REFUSALS = {400, 413, 415, 422}
ELSEWHERE = {404, 405}
"""What else a path may lead to."""

MOST_TOLD = 5
"""Attacks that a failure tells with all that they logged; of the others it has the name."""


def verdict(operation: Operation, attack: Attack, answer: httpx2.Response) -> str | None:
    """What is wrong with an answer, None when nothing is."""
    status = answer.status_code
    if status >= 500 or status not in operation.statuses | ELSEWHERE:
        return f"answered {status}"
    if status < 400:
        return None if attack.may_pass else f"accepted with {status}"
    if status == HTTPStatus.CONFLICT and not attack.may_pass:
        return f"not refused but in conflict with something else: {answer.text[:500]}"
    return flaw(status, answer)


def flaw(status: int, answer: httpx2.Response) -> str | None:
    """What is wrong with a refusal."""
    if answer.headers["content-type"] != "application/problem+json":
        return f"no problem but {answer.headers['content-type']}"
    if answer.json()["status"] != status or not answer.json()["detail"]:
        return f"a poor problem: {answer.text[:500]}"
    if SECRET in answer.text:
        return f"repeats what was sent: {answer.text[:500]}"
    return "a long answer" if len(answer.content) + len(str(answer.headers)) > 50_000 else None


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_hostile_input_is_refused(
    admin_of_both: httpx2.AsyncClient, operation: Operation
) -> None:
    send = sending(admin_of_both, {})
    known = await Known(admin_of_both).ids_of(*DOCUMENT.ids_in(operation))
    tried, found = 0, list[str]()

    for attack in attacks(operation, known):
        tried += 1
        with noted() as logged:
            answer = await send(operation, attack.request)
        if wrong := verdict(operation, attack, answer):
            more = [line[:1_000] for line in logged] if len(found) < MOST_TOLD else []
            found.append("\n    ".join([f"{attack.name}: {wrong}", *more]))

    if found:
        pytest.fail(f"{operation}\n" + "\n".join(found), pytrace=False)
    assert tried > 3


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
async def test_what_is_broken_was_valid_before(
    admin_of_both: httpx2.AsyncClient, operation: Operation
) -> None:
    """Else its refusal would prove nothing."""
    known = await Known(admin_of_both).ids_of(*DOCUMENT.ids_in(operation))
    request = DOCUMENT.request_of(operation, known)

    answer = await sending(admin_of_both, {})(operation, request)

    hint = "Give its schema `examples`, if it has rules that the schema can't tell."
    assert answer.status_code not in REFUSALS, f"{answer.text}\n{request}\n{hint}"
