"""A variant and its database: where services are started, and what is asked of the database."""

import asyncio
import tempfile
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from tests.environments.installing import Environment
from tests.rendering.renders import Render, Renderer
from tests.servers import serving
from tests.servers.pgbouncer import pgbouncer
from tests.servers.serving import Postgres, Service, migrate, postgres

MODES = ("queue", "pgbouncer", "null", "asyncpg")
POOL = 4
"""Connections of a service under test, where it has a pool: as many as PgBouncer has here."""

DURABLE = "-c synchronous_commit=on"
"""What is acknowledged must outlive a crash of the server. One of the machine is out of reach, so
the other settings of a server for tests may stay."""


@dataclass(frozen=True)
class Stage:
    """A variant on PostgreSQL."""

    mode: str
    project: Path
    environment: Environment
    server: Postgres
    """Straight."""

    reached: Postgres
    """As the service sees it: in mode `pgbouncer` through PgBouncer."""

    def pool_settings(self, size: int = POOL) -> dict[str, str]:
        """For a pool of this size, where the mode has one."""
        settings = {"APP_DATABASE_POOL_SIZE": str(size)} if self.mode != "null" else {}
        return settings | (
            {"APP_DATABASE_DIRECT_SIZE": str(size)} if self.mode == "asyncpg" else {}
        )

    def patient_settings(self, pool_timeout: float = 60) -> dict[str, str]:
        """Nothing but the wait for a connection ends before a minute."""
        names = ["COMMAND"] + (["STATEMENT", "LOCK"] if self.mode in {"queue", "asyncpg"} else [])
        patient = {f"APP_DATABASE_{name}_TIMEOUT": "60" for name in names}
        if self.mode != "null":
            patient["APP_DATABASE_POOL_TIMEOUT"] = f"{pool_timeout:g}"
        return patient

    @contextmanager
    def service(self, **settings: str) -> Generator[Service]:
        chosen = self.reached.variables() | self.pool_settings() | settings
        with serving.service(self.project, self.environment, chosen) as running:
            yield running

    def execute(self, *statements: str) -> None:
        asyncio.run(self._execute(statements))

    def fetch(self, query: str, *parameters: Any) -> list[Any]:
        """The first column of each row."""
        return asyncio.run(self._fetch(query, parameters))

    def stored(self, keys: Iterable[str]) -> list[str]:
        """Those of the e-mail addresses that users have, as often as they have them."""
        return self.fetch("SELECT email FROM users WHERE email = ANY($1)", list(keys))

    async def _execute(self, statements: Iterable[str]) -> None:
        connection = await asyncpg.connect(self.server.url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    async def _fetch(self, query: str, parameters: Iterable[Any]) -> list[Any]:
        connection = await asyncpg.connect(self.server.url)
        rows = await connection.fetch(query, *parameters)
        await connection.close()
        return [row[0] for row in rows]

    def held_up(self) -> int:
        """How many sessions wait for a lock."""
        query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return int(self.fetch(query)[0])

    @contextmanager
    def without_server(self, stop: Callable[[], None]) -> Generator[None]:
        """It has started again when the block has ended."""
        stop()
        try:
            yield
        finally:
            self.server.start()

    @contextmanager
    def locked(self, table: str = "users") -> Generator[None]:
        """Whoever reads or writes the table waits until the block ends."""
        with asyncio.Runner() as runner:
            connection = runner.run(asyncpg.connect(self.server.url))
            transaction = connection.transaction()
            runner.run(transaction.start())
            runner.run(connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            try:
                yield
            finally:
                runner.run(transaction.rollback())
                runner.run(connection.close())


@contextmanager
def stage(
    renderer: Renderer,
    environment: Environment,
    mode: str,
    project: Path | None = None,
    **answers: str,
) -> Generator[Stage]:
    """Its server is its own; `project` takes the place of a render as it is."""
    made = render(renderer, database_driver="asyncpg", pooling_mode=mode, **answers)
    project = project or made.folder
    with ExitStack() as running:
        # Where the server's own account can get at it: pytest's folders are for their owner only.
        place = running.enter_context(tempfile.TemporaryDirectory(prefix="faults-"))
        data = Path(place, "data")
        server = running.enter_context(postgres(project, environment, data, options=DURABLE))
        migrate(project, environment, server.variables())
        reached = running.enter_context(pgbouncer(server)) if mode == "pgbouncer" else server
        yield Stage(mode, project, environment, server, reached)


def render(renderer: Renderer, **answers: Any) -> Render:
    """Whose routes are open, for signing in is no part of any fault."""
    return renderer.render(auth="none", **answers)
