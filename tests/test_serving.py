"""Services that really run: started, used over HTTP and stopped as in production."""

import json
import re
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.installing import Environment
from tests.rendering import Renderer
from tests.serving import Service, postgres, service

STOPPED = {0, -15, 143}
"""Done, or ended by SIGTERM as a process and as a shell tell it."""

# Its first process never loads the application, so these few lines keep a form of their own.
OF_GRANIAN = re.compile(r"\[INFO\] ")

SERVED = {
    "sqlite-uvicorn": {"server": "uvicorn"},
    "asyncpg-granian": {
        "server": "granian",
        "database_driver": "asyncpg",
        "pooling_mode": "asyncpg",
    },
}


@pytest.fixture(params=SERVED)
def running(
    request: pytest.FixtureRequest, renderer: Renderer, environment: Environment, tmp_path: Path
) -> Generator[Service]:
    answers = SERVED[request.param]
    project = renderer.copy(tmp_path / "service", **answers).folder
    if "database_driver" not in answers:
        with service(project, environment, {}) as running:
            yield running
        return
    # Where the server's own account can get at it: pytest's folders are for their owner only.
    with (
        tempfile.TemporaryDirectory(prefix="serving-") as place,
        postgres(project, environment, Path(place, "data")) as database,
        service(project, environment, database.variables()) as running,
    ):
        yield running


@pytest.mark.slow
def test_a_service_serves_and_stops(running: Service) -> None:
    assert running.call("GET", "/health/live").status == 200
    assert running.call("GET", "/health/ready").status == 200
    use_users(running)
    problem = running.call("GET", "/nowhere", x_request_id="a-request-of-ours")
    assert (problem.status, problem.headers["x-request-id"]) == (404, "a-request-of-ours")

    code, lines = running.stop(within=10)

    assert code in STOPPED, lines
    entries = [json.loads(line) for line in lines if not OF_GRANIAN.match(line)]
    ours = [entry for entry in entries if entry.get("request_id") == "a-request-of-ours"]
    assert any("/nowhere" in entry["message"] for entry in ours), lines
    assert not [entry for entry in entries if entry["level"] == "error"], lines


def use_users(running: Service) -> None:
    """Create, read, list, change and delete one."""
    users = "/api/v1/users"
    created = running.call("POST", users, {"email": "ada@example.org", "name": "Ada"})
    assert created.status == 201, created
    one = f"{users}/{created.body['id']}"
    assert created.headers["location"] == one
    assert running.call("GET", one).body == created.body
    assert created.body in running.call("GET", users).body["items"]
    assert running.call("PATCH", one, {"name": "Lovelace"}).body["name"] == "Lovelace"
    assert running.call("DELETE", one).status == 204
    assert running.call("GET", one).status == 404
