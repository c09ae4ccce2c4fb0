"""A service beside a real replica: what reads asks it, what decides doesn't, and neither needs the
other to come back."""

import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer
from tests.servers.journey import until
from tests.servers.serving import (
    Postgres,
    Service,
    create_admin,
    migrate,
    postgres,
    replica_of,
    service,
)

pytestmark = pytest.mark.slow

PASSWORD = "a long passphrase"
AUTH, USERS, READY = "/api/v1/auth", "/api/v1/users", "/health/ready"


@dataclass(frozen=True)
class Replicated:
    service: Service
    """Where an admin is signed in."""
    replica: Postgres


@pytest.fixture(scope="module", params=["queue", "asyncpg"])
def replicated(
    request: pytest.FixtureRequest, renderer: Renderer, environment: Environment
) -> Generator[Replicated]:
    answers = {"database_driver": "asyncpg", "auth": "jwt", "read_replica": True}
    project = renderer.render(**answers, pooling_mode=request.param).folder
    with (
        tempfile.TemporaryDirectory(prefix="replicated-") as place,
        postgres(project, environment, Path(place, "primary")) as primary,
        replica_of(primary, project, environment, Path(place, "replica")) as replica,
    ):
        settings = primary.variables(replica)
        migrate(project, environment, settings)
        create_admin(project, environment, settings, "root@example.org", PASSWORD)
        with service(project, environment, settings) as running:
            token = log_in(running, "root@example.org")
            running.headers["authorization"] = f"Bearer {token}"
            until(lambda: running.call("GET", USERS).status == 200, "the tables are not copied")
            yield Replicated(running, replica)


def log_in(running: Service, email: str) -> str:
    tokens = running.call("POST", f"{AUTH}/login", {"email": email, "password": PASSWORD})
    assert tokens.status == 200, tokens
    token: str = tokens.body["access_token"]
    return token


def create(running: Service, email: str) -> dict[str, Any]:
    created = running.call("POST", USERS, {"email": email, "name": "Ada"})
    assert created.status == 201, created
    user: dict[str, Any] = created.body
    return user


def status_of(running: Service, user: dict[str, Any]) -> int:
    return running.call("GET", f"{USERS}/{user['id']}").status


def test_reads_see_what_the_replica_has_got(replicated: Replicated) -> None:
    running, replica = replicated.service, replicated.replica
    early = create(running, "early@example.org")
    until(lambda: status_of(running, early) == 200, "the replica doesn't follow")

    replica.ask("SELECT pg_wal_replay_pause()")
    until(lambda: replica.ask("SELECT pg_get_wal_replay_pause_state()") == "paused", "no pause")
    late = create(running, "late@example.org")
    changed = running.call("PATCH", f"{USERS}/{early['id']}", {"name": "Changed"})
    assert changed.body["name"] == "Changed"
    assert running.call("GET", f"{USERS}/{early['id']}").body["name"] == "Ada"
    assert status_of(running, late) == 404

    replica.ask("SELECT pg_wal_replay_resume()")
    until(
        lambda: running.call("GET", f"{USERS}/{early['id']}").body["name"] == "Changed",
        "the replica doesn't catch up",
    )
    assert status_of(running, late) == 200


def test_who_is_let_in_is_not_asked_of_the_replica(replicated: Replicated) -> None:
    running, replica = replicated.service, replicated.replica
    replica.ask("SELECT pg_wal_replay_pause()")
    until(lambda: replica.ask("SELECT pg_get_wal_replay_pause_state()") == "paused", "no pause")
    new = {"email": "new@example.org", "name": "New", "password": PASSWORD}
    registered = running.call("POST", f"{AUTH}/register", new)
    assert registered.status == 201, registered

    bearer = f"Bearer {log_in(running, 'new@example.org')}"
    me = running.call("GET", f"{USERS}/me", authorization=bearer)

    assert (me.status, me.body["email"]) == (200, "new@example.org")
    assert status_of(running, registered.body) == 404
    replica.ask("SELECT pg_wal_replay_resume()")


def test_the_replica_may_go_and_come_back(replicated: Replicated) -> None:
    running, replica = replicated.service, replicated.replica
    known = create(running, "known@example.org")
    until(lambda: status_of(running, known) == 200, "the replica doesn't follow")

    replica.stop()
    until(lambda: running.call("GET", READY).status == 503, "it is ready without its replica")
    assert running.call("GET", "/health/live").status == 200
    assert status_of(running, known) == 503
    written = create(running, "meanwhile@example.org")
    log_in(running, "root@example.org")

    replica.start()
    until(lambda: running.call("GET", READY).status == 200, "it stays unready")
    until(lambda: status_of(running, written) == 200, "the replica doesn't catch up")
