"""Calls side by side: what came of each, in order."""

import asyncio

import pytest

from app.chassis.parts.http_client.calls import Answer, Call
from app.chassis.parts.http_client.errors import CallFailed, UpstreamTooSlow, UpstreamUnavailable

from ..waiting import until
from .peer import Asked, Line, calling, hang, peer, statuses


async def by_path(asked: Asked, line: Line) -> None:
    """`/reset` resets, `/7` answers 7."""
    if asked.target == "/reset":
        line.reset()
    else:
        await line.answer(200, asked.target[1:].encode())


def told(came: list[Answer | CallFailed]) -> list[str]:
    return [one.body.decode() if isinstance(one, Answer) else type(one).__name__ for one in came]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], []),
        (["1", "2", "3"], ["1", "2", "3"]),
        (["1", "reset", "3"], ["1", "UpstreamUnavailable", "3"]),
        (["reset", "reset"], ["UpstreamUnavailable", "UpstreamUnavailable"]),
    ],
)
async def test_results_and_errors_stand_where_they_were_asked_for(
    paths: list[str], expected: list[str]
) -> None:
    async with peer(by_path) as there, calling(attempts=1) as http:
        came = await http.fetch_many([Call("GET", there.url + path) for path in paths])

    assert told(came) == expected


async def test_at_the_deadline_the_rest_has_been_too_slow() -> None:
    bounds = {"read": 4, "deadline": 60}  # else it would be asked again after 4 seconds
    async with peer(hang) as frozen, peer(statuses(200)) as well, calling(**bounds) as http:
        calls = [Call("GET", well.url), Call("GET", frozen.url)]
        await http.fetch("GET", well.url)

        good, late = await http.fetch_many(calls, deadline=2)

        assert isinstance(good, Answer)
        assert isinstance(late, UpstreamTooSlow)
        await until(lambda: not frozen.lines)
        assert len(frozen.asked) == 1


async def test_who_is_cancelled_leaves_nothing_behind() -> None:
    bounds = {"connections_per_host": 3, "wait": 60, "read": 60, "deadline": 60}
    async with peer(hang) as there, calling(**bounds) as http:
        async with asyncio.TaskGroup() as group:
            calls = [Call("GET", there.url) for _ in range(20)]
            task = group.create_task(http.fetch_many(calls))
            await until(lambda: there.busy == 3)
            task.cancel()

        await until(lambda: not there.lines)
        assert (there.peak, http.busy) == (3, 0)


async def test_a_mistake_of_the_program_cancels_the_others_and_is_raised() -> None:
    async with peer(hang) as there, calling() as http:
        calls = [Call("GET", there.url), Call("GET", there.url, json=object())]

        with pytest.RaisesGroup(Exception, match="unhandled errors"):
            await http.fetch_many(calls)

        await until(lambda: not there.lines)


async def test_errors_of_a_batch_are_those_of_single_calls() -> None:
    async with peer(by_path) as there, calling(attempts=1) as http:
        (one,) = await http.fetch_many([Call("GET", f"{there.url}reset")])

    assert isinstance(one, UpstreamUnavailable)
    assert one.cause
