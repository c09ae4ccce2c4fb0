"""Clients hang up at random, and requests run out of time."""

import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import islice

import pytest

from tests.faults.clients import Load, Request, creations, drive, impatient, reads
from tests.faults.measured import Measured
from tests.faults.outcomes import acknowledged, flaws, kinds
from tests.faults.stage import POOL, Stage
from tests.servers.journey import until

pytestmark = pytest.mark.slow
REQUESTS = 2_000
DEADLINE = 1.5
"""How long a request may take, in seconds."""

HELD = 2.0
"""How long everybody is held up at a time, in seconds: too long for those that wait."""

BETWEEN = 0.7


@contextmanager
def held_up(stage: Stage) -> Generator[None]:
    """Again and again a lock makes all requests run out of time."""
    is_over = threading.Event()

    def hold() -> None:
        while not is_over.wait(BETWEEN):
            with stage.locked():
                is_over.wait(HELD)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def lend_all(stage: Stage, port: int, work: Callable[[], Iterator[Request]]) -> None:
    """As many requests as there are connections, at a time: none of these was lost."""
    running = Load(port, islice(work(), POOL), POOL, pause=0)
    try:
        with stage.locked():
            running.start()
            until(lambda: stage.held_up() == POOL, "connections are missing")
    finally:
        outcomes = running.finish()
    assert all(outcome.succeeded for outcome in outcomes), outcomes


def test_no_connection_and_no_transaction_is_left_behind(stage: Stage, measured: Measured) -> None:
    with stage.service(APP_HTTP_DEADLINE=str(DEADLINE)) as service:
        with held_up(stage):
            outcomes = drive(service.port, islice(impatient(), REQUESTS), clients=32)
        most = 0 if stage.mode == "null" else 2 * POOL if stage.mode == "asyncpg" else POOL
        until(lambda: set(stage.server.sessions()) <= {"idle"}, "a transaction stays open")
        until(lambda: len(stage.server.sessions()) <= most, "connections are left behind")
        for work in (creations, reads):
            lend_all(stage, service.port, work)

    answers = kinds(outcomes)
    assert len(outcomes) == REQUESTS
    assert flaws(outcomes) == {}
    assert set(answers) <= {"None", "200", "201", "503", "504"}
    assert answers["None"] > REQUESTS / 10
    assert answers["504"] > 0
    keys = acknowledged(outcome for outcome in outcomes if outcome.key)
    assert sorted(stage.stored(keys)) == sorted(keys)
    measured(
        "abandoned",
        stage.mode,
        requests=REQUESTS,
        left=answers["None"],
        late=answers["504"],
        refused=answers.get("503", 0),
    )
