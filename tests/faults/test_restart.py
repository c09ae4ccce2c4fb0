"""PostgreSQL is killed under load and starts again."""

import time

import pytest

from tests.faults.clients import creations, load, reads
from tests.faults.measured import Measured
from tests.faults.outcomes import Outcome, acknowledged, flaws, kinds, since
from tests.faults.stage import Stage
from tests.servers.journey import until

pytestmark = pytest.mark.slow
TO_ANSWER = 2.0
"""Seconds for a probe: its own deadline is one."""

TO_NOTICE = 5.0
"""Seconds for readiness to flip, of which the crash itself takes some."""

DOWN = 1.5
"""How long the server is away after that, in seconds."""

TO_RECOVER = 2.0
"""Seconds from the server's return to the first success, and to the last failure."""


def test_nothing_is_lost_and_it_recovers_without_a_restart(
    stage: Stage, measured: Measured
) -> None:
    with (
        stage.service() as service,
        load(service.port, creations(), pause=0.01) as writing,
        load(service.port, reads(), clients=4, pause=0.02) as reading,
        load(service.port, reads("/health/ready"), clients=1, pause=0.05) as ready,
        load(service.port, reads("/health/live"), clients=1, pause=0.05) as live,
    ):
        writing.wait_for(100)
        down = time.monotonic()
        with stage.without_server(stage.server.crash):
            until(lambda: refused(since(ready.outcomes, down)), "it is ready without a database")
            time.sleep(DOWN)
        up = time.monotonic()
        time.sleep(TO_RECOVER + 1)
        written, read = writing.stop(), reading.stop()
        alive, readiness = live.stop(), ready.stop()
        assert service.is_running()

    assert flaws([*written, *read, *readiness]) == {}
    assert set(kinds([*written, *read, *readiness])) <= {"200", "201", "503"}
    assert set(kinds(alive)) == {"200"}
    keys = acknowledged(written)
    stored = stage.stored(keys)
    assert sorted(stored) == sorted(keys)
    noticed = min(o.ended for o in readiness if o.began >= down and o.status == 503) - down
    back = min(o.ended for o in since([*written, *read], up) if o.succeeded) - up
    last = max(o.ended for o in [*written, *read, *readiness] if not o.succeeded) - up
    assert max(outcome.seconds for outcome in readiness) < TO_ANSWER
    assert noticed < TO_NOTICE
    assert back < TO_RECOVER
    assert last < TO_RECOVER
    answers = kinds([*written, *read])
    measured(
        "restart",
        stage.mode,
        answered=len(written) + len(read),
        refused=answers["503"],
        lost=len(keys) - len(stored),
        unready=noticed,
        back=max(back, 0),
        last=max(last, 0),
    )


def refused(outcomes: list[Outcome]) -> bool:
    return any(outcome.status == 503 for outcome in outcomes)
