"""The watch over the event loop."""

import asyncio
import time

import pytest

from app.chassis.loop_lag import LoopLag


async def test_a_blocked_loop_is_measured_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    lag = LoopLag(warn_above=0.1)
    with lag.watched():
        time.sleep(0.3)  # noqa: ASYNC251  # what nobody should do is what this is about
        await asyncio.sleep(0.01)

    assert lag.worst >= 0.2
    assert "blocked" in caplog.text


async def test_work_in_a_thread_does_not_block_the_loop(caplog: pytest.LogCaptureFixture) -> None:
    with LoopLag(warn_above=1).watched():  # which no busy machine makes of nothing
        await asyncio.to_thread(time.sleep, 1.2)

    assert "blocked" not in caplog.text
