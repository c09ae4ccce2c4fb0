"""How many calls there are at once."""

import asyncio

import pytest

from app.chassis.parts.http_client.calls import Answer, Call
from app.chassis.parts.http_client.errors import UpstreamBusy, UpstreamTooSlow

from ..waiting import until
from .peer import Asked, Does, Line, calling, hang, peer, statuses


def held(until_free: asyncio.Event) -> Does:
    async def does(_: Asked, line: Line) -> None:
        await until_free.wait()
        await line.answer(200)

    return does


@pytest.mark.parametrize("bounds", [{"calls": 5}, {"connections_per_host": 5}])
async def test_the_most_that_a_peer_sees_is_the_bound(bounds: dict[str, int]) -> None:
    free = asyncio.Event()
    async with peer(held(free)) as there, calling(wait=60, read=60, deadline=60, **bounds) as http:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(http.fetch("GET", there.url)) for _ in range(40)]
            await until(lambda: there.busy == 5)
            free.set()

        assert [task.result().status for task in tasks] == [200] * 40
        assert (there.peak, http.busy) == (5, 0)


async def test_who_gets_no_place_in_time_is_told() -> None:
    async with (
        peer(hang) as there,
        calling(calls=2, wait=0.05, read=60, deadline=60) as http,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(http.fetch("GET", there.url)) for _ in range(2)]
        await until(lambda: there.busy == 2)
        with pytest.raises(UpstreamBusy):
            await http.fetch("GET", there.url)
        for task in tasks:
            task.cancel()

    assert len(there.asked) == 2


async def test_waiting_for_a_place_counts_for_the_deadline() -> None:
    async with (
        peer(hang) as there,
        calling(calls=1, wait=60, read=60, deadline=60) as http,
        asyncio.TaskGroup() as group,
    ):
        task = group.create_task(http.fetch("GET", there.url))
        await until(lambda: there.busy == 1)
        with pytest.raises((UpstreamBusy, UpstreamTooSlow)):
            await http.fetch("GET", there.url, deadline=0.05)
        task.cancel()


async def test_a_crowded_address_takes_no_place_from_others() -> None:
    bounds = {"calls": 4, "connections_per_host": 2, "wait": 60, "read": 60, "deadline": 60}
    async with peer(hang) as frozen, peer(statuses(200)) as well, calling(**bounds) as http:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(http.fetch("GET", frozen.url)) for _ in range(20)]
            await until(lambda: frozen.busy == 2)
            assert (await http.fetch("GET", well.url)).status == 200
            for task in tasks:
                task.cancel()

        assert (frozen.peak, http.busy) == (2, 0)


@pytest.mark.parametrize(
    "bounds", [{"calls": 4, "connections_per_host": 2}, {"calls": 2, "connections_per_host": 4}]
)
async def test_those_who_are_cancelled_leave_every_place_free(bounds: dict[str, int]) -> None:
    """At any moment: while they wait for either place, while they connect, while they read."""
    free = asyncio.Event()
    async with peer(held(free)) as there, calling(wait=20, read=20, deadline=20, **bounds) as http:
        free.set()
        await http.fetch("GET", there.url)
        free.clear()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(http.fetch("GET", there.url)) for _ in range(60)]
            for task in tasks:
                await asyncio.sleep(0)
                task.cancel()
        free.set()
        came = await http.fetch_many([Call("GET", there.url) for _ in range(10)])

        assert [one.status for one in came] == [200] * 10
        assert http.busy == 0
        assert there.peak <= 2


async def test_a_batch_has_patience_until_its_deadline() -> None:
    async with peer(statuses(200)) as there, calling(calls=1, wait=0.01, connect=1) as http:
        came = await http.fetch_many([Call("GET", there.url) for _ in range(30)], deadline=60)

    assert all(isinstance(one, Answer) for one in came)
    assert there.peak == 1
