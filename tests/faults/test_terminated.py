"""Every session of the database is ended under load, as an administrator or a failover does it."""

import time

import pytest

from tests.faults.blows import terminate
from tests.faults.clients import creations, load
from tests.faults.measured import Measured
from tests.faults.outcomes import acknowledged, flaws, kinds
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow
ROUNDS = 3


def test_no_more_requests_fail_than_connections_were_ended(
    stage: Stage, measured: Measured
) -> None:
    ended = 0
    with stage.service() as service, load(service.port, creations()) as writing:
        for _ in range(ROUNDS):
            writing.wait_for(100)
            ended += terminate(stage)
            time.sleep(0.5)
        written = writing.stop()

    assert ended >= ROUNDS
    assert flaws(written) == {}
    keys = acknowledged(written)
    stored = stage.stored(keys)
    assert sorted(stored) == sorted(keys)
    failed = kinds(written).get("503", 0)
    assert failed <= ended
    measured(
        "terminated",
        stage.mode,
        answered=len(written),
        ended=ended,
        refused=failed,
        lost=len(keys) - len(stored),
    )
