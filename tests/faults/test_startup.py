"""The service starts while its database is away or hangs."""

import json
import socket
import time
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from tests.faults.stage import Stage
from tests.servers.journey import assert_problem, until

pytestmark = pytest.mark.slow
TO_RECOVER = 2.0
READY = "/health/ready"


@pytest.fixture
def silence() -> Generator[int]:
    """The port of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_it_starts_without_a_server_and_finds_it_later(stage: Stage) -> None:
    with ExitStack() as running:
        with stage.without_server(stage.server.stop):
            service = running.enter_context(stage.service())
            assert_problem(service.call("GET", READY), 503)
            assert_problem(service.call("GET", "/api/v1/users"), 503)
            assert service.call("GET", "/health/live").status == 200
        up = time.monotonic()
        until(lambda: service.call("GET", READY).status == 200, "it stays unready")
        back = time.monotonic() - up
        assert service.call("GET", "/api/v1/users").status == 200
        _, lines = service.stop(within=20)

    assert back < TO_RECOVER
    assert any("could not be asked for its limits" in line for line in lines)


def test_it_starts_while_the_server_hangs(stage: Stage, silence: int) -> None:
    url = f"postgresql://{stage.server.user}@127.0.0.1:{silence}/{stage.server.database}"
    with stage.service(APP_DATABASE_URL=url, APP_DATABASE_CONNECT_TIMEOUT="1") as service:
        assert_problem(service.call("GET", READY), 503)
        assert_problem(service.call("GET", "/api/v1/users"), 503)
        assert service.call("GET", "/health/live").status == 200
        _, lines = service.stop(within=20)
    warnings = [line for line in map(json.loads, lines) if line["level"] == "warning"]
    assert any("could not be asked for its limits" in line["message"] for line in warnings)
