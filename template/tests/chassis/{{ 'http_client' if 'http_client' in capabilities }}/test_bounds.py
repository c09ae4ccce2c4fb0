"""Whatever another service does, a call ends in time and takes no more than it may."""

import asyncio
import gzip
import socket
import tracemalloc

import pytest

from app.chassis.parts.http_client.errors import CallFailed, UpstreamTooSlow, UpstreamUnavailable

from ..waiting import until
from .peer import Asked, Does, Line, calling, hang, peer

MEBIBYTE = 1_048_576


async def reset(_: Asked, line: Line) -> None:
    line.reset()


async def hang_in_the_middle(_: Asked, line: Line) -> None:
    await line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome")
    await line.hung_up()
    line.close()


async def break_off(_: Asked, line: Line) -> None:
    await line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nsome")
    line.close()


async def talk_nonsense(_: Asked, line: Line) -> None:
    await line.write(b"SECRET nonsense\r\n\r\n")
    line.close()


async def drip(_: Asked, line: Line) -> None:
    await line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    await drip_on(line)


async def drip_a_head(_: Asked, line: Line) -> None:
    await line.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    await drip_on(line)


async def drip_on(line: Line) -> None:
    """Many times as long as the deadline of whoever listens."""
    for _ in range(200):
        await line.write(b"x")
        await asyncio.sleep(0.02)
    line.close()


async def pour(_: Asked, line: Line) -> None:
    """A gibibyte, as long as somebody takes it."""
    await line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    while line.written < 1_073_741_824:
        await line.write(bytes(65_536))


async def test_nobody_there_is_an_error() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/?token=secret"
        async with calling(attempts=1) as http:
            with pytest.raises(UpstreamUnavailable) as raised:
                await http.fetch("GET", url)

    assert raised.value.cause == "ClientConnectorError"


@pytest.mark.parametrize("does", [reset, break_off, talk_nonsense])
async def test_an_answer_that_is_none_is_an_error(does: Does) -> None:
    async with peer(does) as there, calling(attempts=1) as http:
        with pytest.raises(UpstreamUnavailable) as raised:
            await http.fetch("GET", f"{there.url}?token=secret")

        assert len(there.asked) == 1
        await until(lambda: not there.lines)
    error = raised.value
    assert "secret" not in f"{error} {error.cause}".lower()


@pytest.mark.parametrize("does", [hang, hang_in_the_middle])
async def test_who_is_silent_is_given_up(does: Does) -> None:
    """And asked once more: the whole call has not come to its end yet."""
    async with peer(does) as there, calling(read=0.1, attempts=2) as http:
        with pytest.raises(UpstreamTooSlow):
            await http.fetch("GET", there.url)

        await until(lambda: not there.lines)
        assert len(there.asked) == 2


@pytest.mark.parametrize("does", [drip, drip_a_head])
async def test_who_drips_is_given_up(does: Does) -> None:
    """Never silent for long enough, and never done."""
    async with peer(does) as there:
        async with calling(wait=0.3, connect=0.3, read=0.3, deadline=0.3) as http:
            with pytest.raises(UpstreamTooSlow):
                await http.fetch("GET", there.url)

        await until(lambda: not there.lines)
        assert len(there.asked) == 1


async def test_a_call_may_have_less_time() -> None:
    async with peer(hang) as there, calling(read=2, deadline=60) as http:
        with pytest.raises(UpstreamTooSlow):
            await http.fetch("GET", there.url, deadline=1)

    assert len(there.asked) == 1  # after 2 seconds it would be asked again


async def test_who_sends_too_much_is_not_listened_to() -> None:
    written = []

    async def does(asked: Asked, line: Line) -> None:
        try:
            await pour(asked, line)
        finally:
            written.append(line.written)

    async with peer(does) as there, calling() as http:
        with pytest.raises(UpstreamUnavailable, match="more than is taken"):
            await http.fetch("GET", there.url)
        await until(lambda: bool(written))

    assert len(there.asked) == 1
    assert written[0] < 64 * MEBIBYTE  # what fits between two sockets


async def test_a_body_of_just_the_size_is_taken() -> None:
    async def does(_: Asked, line: Line) -> None:
        await line.answer(200, bytes(1000))

    async with peer(does) as there, calling(max_body_size=1000) as http:
        assert len((await http.fetch("GET", there.url)).body) == 1000
        with pytest.raises(UpstreamUnavailable):
            await http.fetch("GET", there.url, max_body_size=999)


async def test_a_bomb_does_not_go_off() -> None:
    bomb = gzip.compress(bytes(256 * MEBIBYTE))

    async def does(_: Asked, line: Line) -> None:
        await line.answer(200, bomb, Content_Encoding="gzip")

    async with peer(does) as there, calling(read=60, deadline=60) as http:
        tracemalloc.start()
        try:
            with pytest.raises(UpstreamUnavailable, match="more than is taken"):
                await http.fetch("GET", there.url)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert most < 16 * MEBIBYTE


async def test_more_than_was_announced_is_not_taken_for_the_next_answer() -> None:
    bodies = [b"it" + b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged", b"it"]

    async def does(_: Asked, line: Line) -> None:
        await line.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n" + bodies.pop(0))

    async with peer(does) as there, calling() as http:
        for _ in range(2):
            assert (await http.fetch("GET", there.url)).body == b"it"

        assert there.opened == 2


async def test_who_is_cancelled_hangs_up() -> None:
    async with peer(hang) as there, calling() as http:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(http.fetch("GET", there.url)) for _ in range(5)]
            await until(lambda: there.busy == 5)
            for task in tasks:
                task.cancel()

        await until(lambda: not there.lines)
        assert http.busy == 0


async def test_the_errors_are_told_apart_by_one_class() -> None:
    async with peer(reset) as there, calling(attempts=1) as http:
        with pytest.raises(CallFailed):
            await http.fetch("GET", there.url)
