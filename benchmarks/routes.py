"""What the number of routes costs: a service with 5 resources beside one with 100."""

import argparse
from dataclasses import replace
from pathlib import Path

from benchmarks import growth
from benchmarks.contenders import MODES, service
from benchmarks.errors import MeasurementError
from benchmarks.options import add_rounds
from benchmarks.servers import Plan
from benchmarks.stage import Stage, prepare
from benchmarks.work import WORKS, Work

FEW, MANY = 5, 100
OWN = 2
"""Resources that the template itself has."""

PREFIX = 'prefix="/api/v1/users"'
WORK = {
    "ping": WORKS["ping"],
    "last": Work("last", "read one of the last resource", "/api/v1/last/", "pick"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_rounds(parser, 10)


def run(options: argparse.Namespace) -> int:
    with prepare() as stage:
        pair = growth.Pair("routes", _plan(stage, FEW), _plan(stage, MANY), WORK)
        return growth.run(stage, pair, options)


def _plan(stage: Stage, count: int) -> Plan:
    name = f"{count} resources"
    project = stage.render(name, **MODES["queue"])
    add_resources(project / "src" / "app" / "api" / "routes", count - OWN)
    plan = service(stage, name, project, stage.database(name))
    return replace(plan, works=WORK)


def add_resources(routes: Path, count: int) -> None:
    """Copies of the users' routes below other prefixes. They are scanned, in order of names."""
    source = (routes / "users.py").read_text()
    if source.count(PREFIX) != 1:
        raise MeasurementError(f"users.py of the render has no {PREFIX} to replace")
    names = [f"copy_{number:03}" for number in range(count - 1)]
    for module, path in [*((name, name) for name in names), ("zzz_last", "last")]:
        (routes / f"{module}.py").write_text(source.replace(PREFIX, f'prefix="/api/v1/{path}"'))
