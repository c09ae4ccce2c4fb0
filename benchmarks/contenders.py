"""Who is measured: the limit, two applications to compare with, and renders in every mode."""

import os
from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.data import fill_sqlite
from benchmarks.servers import Plan
from benchmarks.stage import STANDARD, Stage, url_of
from tests.rendering.renders import ROOT
from tests.servers.commands import steps_of
from tests.servers.pgbouncer import pgbouncer
from tests.servers.serving import Postgres

LIMIT = "limit"
APPLICATIONS = {
    LIMIT: "benchmarks.limit",
    "floor": "benchmarks.floor",
    "conventional": "benchmarks.conventional",
}
MODES = {
    "queue": STANDARD | {"pooling_mode": "queue"},
    "asyncpg": STANDARD | {"pooling_mode": "asyncpg"},
    "pgbouncer": STANDARD | {"pooling_mode": "pgbouncer"},
    "null": STANDARD | {"pooling_mode": "null"},
    "sqlite": STANDARD | {"database_driver": "aiosqlite", "pooling_mode": "queue"},
}
NAMES = (*APPLICATIONS, *MODES)


@contextmanager
def plans(stage: Stage, names: Iterable[str]) -> Generator[list[Plan]]:
    """Each on a database of its own; what stands in front of one runs until the block ends."""
    with ExitStack() as resources:
        yield [resources.enter_context(_plan(stage, name)) for name in names]


@contextmanager
def _plan(stage: Stage, name: str) -> Generator[Plan]:
    if name in APPLICATIONS:
        yield application(stage, name)
    elif name == "sqlite":
        yield _on_sqlite(stage, name)
    elif name == "pgbouncer":
        with pgbouncer(stage.database(name)) as pooler:
            yield service(stage, name, stage.render(name, **MODES[name]), pooler)
    else:
        project = stage.render(name, **MODES[name])
        yield service(stage, name, project, stage.database(name))


def service(stage: Stage, name: str, project: Path, server: Postgres) -> Plan:
    return _as_just_runs_it(stage, name, project, server.variables())


def _on_sqlite(stage: Stage, name: str) -> Plan:
    project = stage.render(name, **MODES[name])
    path = stage.folder / "service.db"
    settings = {"APP_DATABASE_URL": f"sqlite:///{path}"}
    stage.migrate(project, settings)
    fill_sqlite(path, stage.size)
    return _as_just_runs_it(stage, name, project, settings)


def _as_just_runs_it(stage: Stage, name: str, project: Path, settings: dict[str, str]) -> Plan:
    """With the settings of production, which are the defaults; but pings are logged, too."""
    log_probes(project)
    stage.compile(project)
    (command,) = steps_of(project, "run")
    variables = stage.environment.variables() | settings
    return Plan(name, command, project, variables, stage.ids(stage.size))


def log_probes(project: Path) -> None:
    """Like all other requests: probes that succeed would cost less than these by their line."""
    log = project / "src" / "app" / "chassis" / "middleware" / "access_log.py"
    log.write_text(f"{log.read_text()}\n\nlogger.setLevel(logging.DEBUG)\n")


def application(stage: Stage, name: str) -> Plan:
    """One of ours, under the very server of a render."""
    render = stage.renderer.render(**STANDARD)
    command = f"{stage.environment.program('python')} -m benchmarks.serving {APPLICATIONS[name]}"
    variables = stage.environment.variables() | {
        # The server is a class of the service.
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, stage.overlay, render.folder / "src"))),
        "BENCH_URL": url_of(stage.database(name)),
        "BENCH_POOL": str(render.context["pool_size"]),
    }
    return Plan(name, command, ROOT, variables, stage.ids(stage.size))
