"""SIGTERM under load: who was being served is served, and nothing is left behind."""

import time
from collections.abc import Generator
from itertools import islice

import pytest

from tests.environments.installing import Environment
from tests.faults.clients import Load, creations, load
from tests.faults.measured import Measured
from tests.faults.outcomes import acknowledged, flaws, kinds
from tests.faults.stage import MODES, POOL, Stage, stage
from tests.rendering.renders import Renderer
from tests.servers.journey import STOPPED, UNCLOSED, until

pytestmark = pytest.mark.slow
HELD = 1.0
"""How long requests in flight go on after the signal, in seconds."""

WITHIN = 20
"""Seconds until the process has to have ended."""

TOO_LATE = {"ConnectionRefusedError", "ConnectionResetError", "IncompleteReadError"}
"""What clients meet whose request the server has never begun: they may send it elsewhere."""

VARIANTS = [(mode, "uvicorn") for mode in MODES] + [("queue", "granian"), ("asyncpg", "granian")]


@pytest.fixture(params=VARIANTS, ids="-".join)
def served(
    request: pytest.FixtureRequest, renderer: Renderer, environment: Environment
) -> Generator[Stage]:
    mode, server = request.param
    with stage(renderer, environment, mode, server=server) as ready:
        yield ready


def test_nobody_who_was_being_served_is_dropped(served: Stage, measured: Measured) -> None:
    patient = served.patient_settings()
    with served.service(**patient) as service, load(service.port, creations()) as writing:
        writing.wait_for(100)
        slow = Load(service.port, islice(creations(), POOL), POOL, pause=0)
        with served.locked():
            slow.start()
            until(lambda: served.held_up() >= POOL, "nobody is being served")
            service.terminate()
            time.sleep(HELD)
        began = time.monotonic()
        in_flight = slow.finish()
        code, lines = service.ended(within=WITHIN)
        took = time.monotonic() - began
        outcomes = writing.stop()

    log = "\n".join(lines)
    assert code in STOPPED, log
    assert not [word for word in UNCLOSED if word in log], log
    assert kinds(in_flight) == {"201": POOL}
    assert set(flaws(outcomes)) <= TOO_LATE
    keys = acknowledged([*outcomes, *in_flight])
    assert set(served.stored(keys)) == keys
    unanswered = [outcome.key for outcome in outcomes if outcome.flaw]
    assert served.stored(unanswered) == [], "requests were dropped half way"
    if served.mode != "pgbouncer":
        until(lambda: served.server.sessions() == [], "it left connections behind")
    measured(
        "sigterm",
        served.mode,
        served=len(in_flight),
        dropped=0,
        seconds=took,
    )
