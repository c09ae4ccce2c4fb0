"""More slow requests than connections: a lock holds up whoever has one."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

import pytest

from tests.faults.clients import Load, Request, creations, drive, reads
from tests.faults.measured import Measured
from tests.faults.outcomes import Outcome, flaws, kinds
from tests.faults.stage import POOL, Stage
from tests.servers.journey import until
from tests.servers.serving import Service

pytestmark = pytest.mark.slow
CLIENTS = 30
TOO_MANY = CLIENTS - POOL
WAIT = 1.0
"""How long a request waits for a connection, in seconds."""

MARGIN = 2.0
"""What a busy machine may add, in seconds."""

AFTERWARDS = 200
LIMITED = "CREATE ROLE limited LOGIN PASSWORD '{password}' CONNECTION LIMIT {most}"
"""Without a pool it is the server that has only so many connections."""

Work = Callable[[], Iterator[Request]]


@pytest.fixture(scope="module")
def exhaustible(stage: Stage) -> Stage:
    if stage.mode != "null":
        return stage
    stage.execute(
        LIMITED.format(password=stage.reached.password, most=POOL),
        "GRANT ALL ON ALL TABLES IN SCHEMA public TO limited",
    )
    return replace(stage, reached=replace(stage.reached, user="limited"))


def exhaust(
    stage: Stage, service: Service, requests: Iterator[Request]
) -> tuple[list[Outcome], list[Outcome]]:
    """What became of those that were too many, and of those that had a connection."""
    running = Load(service.port, islice(requests, CLIENTS), CLIENTS, pause=0)
    try:
        with stage.locked():
            running.start()
            until(lambda: len(running.outcomes) >= TOO_MANY, "nobody is sent away")
            assert service.call("GET", "/health/live").status == 200
            sent_away = list(running.outcomes)
    finally:
        outcomes = running.finish()
    return sent_away, outcomes[len(sent_away) :]


@pytest.mark.parametrize("work", [creations, reads], ids=["writing", "reading"])
def test_who_gets_no_connection_is_told_in_time_and_the_others_are_served(
    exhaustible: Stage, work: Work, measured: Measured
) -> None:
    with exhaustible.service(**exhaustible.patient_settings(WAIT)) as service:
        sent_away, served = exhaust(exhaustible, service, work())
        freed = time.monotonic()
        # The server takes its time to forget connections that are closed.
        clients = 2 if exhaustible.mode == "null" else CLIENTS
        afterwards = drive(service.port, islice(work(), AFTERWARDS), clients)

    assert flaws([*sent_away, *served, *afterwards]) == {}
    assert kinds(sent_away) == {"503": TOO_MANY}
    assert len(served) == POOL
    assert all(outcome.succeeded for outcome in [*served, *afterwards])
    slowest = max(outcome.seconds for outcome in sent_away)
    back = min(outcome.ended for outcome in afterwards) - freed
    assert slowest < WAIT + MARGIN
    assert back < 1
    measured(
        f"exhausted by {work.__name__}",
        exhaustible.mode,
        served=len(served),
        refused=len(sent_away),
        slowest=slowest,
        afterwards=len(afterwards),
        back=back,
    )
