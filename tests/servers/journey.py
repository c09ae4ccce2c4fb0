"""What a served variant goes through: use, the loss of its database, and its end."""

import json
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.environments.installing import Environment
from tests.rendering.renders import Render
from tests.servers.pgbouncer import pgbouncer
from tests.servers.serving import (
    TELLS_OF_CLIENTS,
    Answer,
    Postgres,
    Service,
    create_admin,
    migrate,
    postgres,
    service,
)

STOPPED = {-15, 143}
"""Ended by SIGTERM, as a process and as a shell tell it."""

UNCLOSED = ("Task was destroyed", "ResourceWarning", "was never awaited", "non-checked-in")
"""What Python and SQLAlchemy print about what nobody has closed."""

PATIENCE = 30
"""Seconds for a service to see that its database has come or gone."""


def serve(render: Render, environment: Environment) -> None:
    """Raises `AssertionError` for what isn't as it must be."""
    project = render.folder
    if render.context["database_driver"] == "aiosqlite":
        migrate(project, environment, {})
        with service(project, environment, {}) as running:
            sign_in(running, render, environment, {})
            use(running, render)
            end(running)
        # The last connection that is closed takes SQLite's log with it.
        assert [path.name for path in project.glob("app.db*")] == ["app.db"]
        return
    with database(render, environment) as (server, reached):
        has_replica: bool = render.context["has_replica"]  # the primary itself, as good as any
        settings = reached.variables(reached if has_replica else None)
        migrate(project, environment, server.variables(server if has_replica else None))
        with service(project, environment, settings) as running:
            sign_in(running, render, environment, settings)
            use(running, render)
            rest(running, server, render)
            lose(running, server)
            vanished = server.vanished()
            end(running)
        if reached is server:
            until(lambda: server.sessions() == [], "it left connections behind")
            assert server.vanished() == vanished, "it left connections without closing them"


@contextmanager
def database(render: Render, environment: Environment) -> Generator[tuple[Postgres, Postgres]]:
    """A server, and as what the service sees it: through PgBouncer where the variant wants it."""
    # Where the server's own account can get at it: pytest's folders are for their owner only.
    with (
        tempfile.TemporaryDirectory(prefix="serving-") as place,
        postgres(
            render.folder, environment, Path(place, "data"), options=TELLS_OF_CLIENTS
        ) as server,
    ):
        if render.context["pooling_mode"] != "pgbouncer":
            yield server, server
            return
        with pgbouncer(server) as pooler:
            yield server, pooler


def sign_in(
    running: Service, render: Render, environment: Environment, settings: dict[str, str]
) -> None:
    """As an admin from now on, where users sign in at all; and as somebody who isn't one."""
    if render.context["auth"] == "none":
        return
    auth, password = "/api/v1/auth", "a long passphrase"
    assert_problem(running.call("GET", "/api/v1/users"), 401)
    new = {"email": "grace@example.org", "name": "Grace", "password": password}
    assert running.call("POST", f"{auth}/register", new).status == 201
    for email, status in (("grace@example.org", 403), ("root@example.org", 200)):
        if status == 200:
            create_admin(render.folder, environment, settings, email, password)
        tokens = running.call("POST", f"{auth}/login", {"email": email, "password": password})
        assert tokens.status == 200, tokens
        running.headers["authorization"] = f"Bearer {tokens.body['access_token']}"
        assert running.call("GET", "/api/v1/users/me").body["email"] == email
        assert running.call("GET", "/api/v1/users").status == status


def use(running: Service, render: Render) -> None:
    """The probes, then a user: created, read, listed, changed and deleted."""
    assert running.call("GET", "/health/live").status == 200
    assert running.call("GET", "/health/ready").status == 200
    users = "/api/v1/users"
    created = running.call("POST", users, {"email": "ada@example.org", "name": "Ada"})
    assert created.status == 201, created
    one = f"{users}/{created.body['id']}"
    assert created.headers["location"] == one
    assert running.call("GET", one).body == created.body
    assert created.body in running.call("GET", users).body["items"]
    assert running.call("PATCH", one, {"name": "Lovelace"}).body["name"] == "Lovelace"
    assert running.call("DELETE", one).status == 204
    gone = running.call("GET", one, x_request_id="a-request-of-ours")
    assert_problem(gone, 404)
    if "request_id" in render.context["middleware"]:
        assert gone.headers["x-request-id"] == "a-request-of-ours"


def assert_problem(answer: Answer, status: int) -> None:
    assert answer.status == status, answer
    assert answer.headers["content-type"] == "application/problem+json", answer


def rest(running: Service, server: Postgres, render: Render) -> None:
    """With nothing to do, it holds its pool and no transaction."""
    states = server.sessions()
    assert set(states) <= {"idle"}, states
    if render.context["pooling_mode"] == "null":
        assert states == [], "a connection outlived its unit of work"
    assert running.call("GET", "/health/ready").status == 200


def lose(running: Service, server: Postgres) -> None:
    """Not ready and still alive while the database is gone; back by itself."""
    stored = running.call("GET", "/api/v1/users").body["items"]
    server.stop()
    until(
        lambda: running.call("GET", "/health/ready").status == 503, "it is ready without a database"
    )
    assert running.call("GET", "/health/live").status == 200
    lost = running.call("GET", "/api/v1/users")
    assert_problem(lost, 503)
    assert "retry-after" in lost.headers, lost
    server.start()
    until(lambda: running.call("GET", "/health/ready").status == 200, "it stays unready")
    assert running.call("GET", "/api/v1/users").body["items"] == stored


def until(happens: Callable[[], bool], otherwise: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline, f"{otherwise} after {PATIENCE} s"
        time.sleep(0.1)


def end(running: Service) -> None:
    """SIGTERM: a clean exit, and a log in one form without a word of what was left open."""
    code, lines = running.stop(within=10)
    log = "\n".join(lines)
    assert code in STOPPED, f"exit code {code}\n{log}"
    assert not [word for word in UNCLOSED if word in log], log
    entries = [_entry(line) for line in lines]
    errors = [e for e in entries if e["level"] in {"error", "critical"}]
    assert not errors, errors


def _entry(line: str) -> dict[str, Any]:
    assert line.startswith("{"), f"a line of another form: {line}"
    entry: dict[str, Any] = json.loads(line)
    return entry
