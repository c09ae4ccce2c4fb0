"""Which calls are made again, how soon, and how often in all."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import aiohttp
import pytest

from app.chassis.parts.http_client.client import HttpClient
from app.chassis.parts.http_client.errors import UpstreamUnavailable
from app.chassis.parts.http_client.repeating import Budget, pause_asked_for
from app.chassis.parts.http_client.settings import OutboundSettings

from ..waiting import until
from .peer import Asked, Line, calling, peer, statuses


@pytest.mark.parametrize(
    ("method", "headers"), [("GET", {}), ("PUT", {}), ("POST", {"idempotency-key": "1"})]
)
async def test_what_may_be_repeated_is(method: str, headers: dict[str, str]) -> None:
    async with peer(statuses(503, 503, 200)) as there, calling() as http:
        assert (await http.fetch(method, there.url, headers=headers)).status == 200

    assert len(there.asked) == 3


@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_what_may_have_been_done_is_not_done_again(method: str) -> None:
    async with peer(statuses(503, 200)) as there, calling() as http:
        assert (await http.fetch(method, there.url)).status == 503

    assert len(there.asked) == 1


async def test_a_peer_that_fails_thrice_is_asked_four_times() -> None:
    async with peer(statuses(500, 500, 500, 200)) as there, calling(attempts=4) as http:
        assert (await http.fetch("GET", there.url)).status == 200


async def test_the_last_answer_is_given_back() -> None:
    async with peer(statuses(503)) as there, calling(attempts=2) as http:
        assert (await http.fetch("GET", there.url)).status == 503

    assert len(there.asked) == 2


async def test_an_outage_is_not_multiplied() -> None:
    async with peer(statuses(503, Retry_After="0")) as there, calling() as http:
        for _ in range(100):
            await http.fetch("GET", there.url)

    assert len(there.asked) <= 100 + Budget.MOST + 100 * Budget.SHARE


async def test_what_is_asked_for_is_waited_for() -> None:
    """Not at all here; a test may wait for nothing."""
    async with peer(statuses(429, 200, Retry_After="0")) as there, calling() as http:
        assert (await http.fetch("GET", there.url)).status == 200


async def test_who_asks_for_a_long_pause_is_not_asked_again() -> None:
    async with peer(statuses(503, Retry_After="6")) as there, calling() as http:
        assert (await http.fetch("GET", there.url)).status == 503

    assert len(there.asked) == 1


def test_a_pause_is_a_number_or_a_date() -> None:
    then = datetime.now(UTC) + timedelta(hours=1)
    date = format_datetime(then, usegmt=True)

    assert pause_asked_for({"Retry-After": " 3 "}, 9) == 3
    assert 3500 < pause_asked_for({"Retry-After": date}, 9) <= 3600
    assert pause_asked_for({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 9) == 0
    for nonsense in ("", "soon", "-1", "٣", "1e999", "Wed, 99 Oct 2015 07:28:00 GMT"):
        assert pause_asked_for({"Retry-After": nonsense}, 9) == 9


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_peer_that_hangs_up_is_asked_once_where_nothing_is_repeated(method: str) -> None:
    """Also by the library, which has its own idea of that."""

    async def does(_: Asked, line: Line) -> None:
        line.close()

    async with peer(does) as there, calling(attempts=1) as http:
        with pytest.raises(UpstreamUnavailable):
            await http.fetch(method, there.url)

    assert len(there.asked) == 1


async def test_a_peer_that_hangs_up_is_asked_again() -> None:
    ends = [True, False]

    async def does(_: Asked, line: Line) -> None:
        if ends.pop(0):
            line.close()
        else:
            await line.answer(200)

    async with peer(does) as there, calling() as http:
        assert (await http.fetch("GET", there.url)).status == 200


@pytest.mark.parametrize("body", [b"", b"it"])
async def test_a_kept_connection_that_was_dead_is_replaced(body: bytes) -> None:
    """Whatever the method: nothing of it had been sent."""
    lines: list[Line] = []

    async def does(_: Asked, line: Line) -> None:
        lines.append(line)
        await line.answer(200)

    async def lose_the_first(*_: object) -> None:
        if len(lines) == 1:
            lines[0].reset()
            await until(lambda: not there.lines)

    trace = aiohttp.TraceConfig()
    trace.on_connection_reuseconn.append(lose_the_first)
    client = HttpClient(OutboundSettings(attempts=1), lambda: [trace])
    async with peer(does) as there:
        await client.fetch("POST", there.url)

        assert (await client.fetch("POST", there.url, body=body)).status == 200

        await client.close()
    assert [asked.body for asked in there.asked] == [b"", body]
    assert there.opened == 2


async def test_what_was_sent_on_a_kept_connection_is_not_sent_again() -> None:
    answers = [True, False]

    async def does(_: Asked, line: Line) -> None:
        if answers.pop(0):
            await line.answer(200)
        else:
            line.reset()

    async with peer(does) as there, calling() as http:
        await http.fetch("POST", there.url)
        with pytest.raises(UpstreamUnavailable):
            await http.fetch("POST", there.url)

    assert len(there.asked) == 2
