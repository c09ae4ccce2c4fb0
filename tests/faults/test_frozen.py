"""The server hangs: it answers nothing, and hangs up on nobody."""

import time

import pytest

from tests.faults.blows import frozen
from tests.faults.clients import creations, load, reads
from tests.faults.measured import Measured
from tests.faults.outcomes import acknowledged, flaws, kinds, since
from tests.faults.stage import Stage

pytestmark = pytest.mark.slow
PATIENCE = 1.0
"""How long the service waits for an answer or a connection to the server, in seconds."""

HELD = 6.0
"""How long nothing is answered, in seconds: longer than any request may take."""

MARGIN = 4.0
"""What waiting for one of the pool (2), connecting and a busy machine add, in seconds."""

TO_RECOVER = 2.0
STRAIGHT = ["queue", "null", "asyncpg"]
"""PgBouncer 1.18, which many distributions have, does not survive it."""


@pytest.mark.parametrize("stage", STRAIGHT, indirect=True)
def test_what_hangs_is_given_up_and_nothing_is_lost(stage: Stage, measured: Measured) -> None:
    limits = {f"APP_DATABASE_{what}_TIMEOUT": str(PATIENCE) for what in ("COMMAND", "CONNECT")}
    with (
        stage.service(**limits) as service,
        load(service.port, creations()) as writing,
        load(service.port, reads(), clients=4) as reading,
        load(service.port, reads("/health/live"), clients=1, pause=0.05) as live,
    ):
        writing.wait_for(100)
        with frozen(stage):
            time.sleep(HELD)
        thawed = time.monotonic()
        time.sleep(TO_RECOVER + 1)
        outcomes, alive = [*writing.stop(), *reading.stop()], live.stop()

    assert flaws(outcomes) == {}
    assert set(kinds(outcomes)) == {"200", "201", "503"}
    assert set(kinds(alive)) == {"200"}
    keys = acknowledged(outcome for outcome in outcomes if outcome.key)
    stored = stage.stored(keys)
    assert sorted(stored) == sorted(keys)
    slowest = max(outcome.seconds for outcome in outcomes)
    back = min(outcome.ended for outcome in since(outcomes, thawed) if outcome.succeeded) - thawed
    assert slowest < PATIENCE + MARGIN
    assert back < TO_RECOVER
    measured(
        "frozen",
        stage.mode,
        answered=len(outcomes),
        refused=kinds(outcomes)["503"],
        lost=len(keys) - len(stored),
        slowest=slowest,
        back=back,
    )
