"""What the size of a table costs: 1,000 users beside 1,000,000."""

import argparse
from dataclasses import replace

from benchmarks import growth
from benchmarks.contenders import MODES, service
from benchmarks.data import Size
from benchmarks.options import add_rounds
from benchmarks.servers import Plan
from benchmarks.stage import Stage, prepare
from benchmarks.work import USERS, WORKS, Work

FEW, MANY = Size(1_000, 0), Size(1_000_000, 0)
FREE = ("offset-start", "offset-middle")
"""Pages by offset count all rows, and skip those before."""

CLIENTS = 2
"""For them: more would wait for the server longer than it lets a statement run."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_rounds(parser, 10)


def run(options: argparse.Namespace) -> int:
    with prepare() as stage:
        few, many = _plan(stage, FEW), _plan(stage, MANY)
        pair = growth.Pair("tables", few, many, few.works, FREE)
        return growth.run(stage, pair, options)


def _plan(stage: Stage, size: Size) -> Plan:
    name = f"{size.users:,} users"
    project = stage.render(name, **MODES["queue"])
    plan = service(stage, name, project, stage.database(name, size))
    return replace(plan, works=works(size), ids=stage.ids(size))


def works(size: Size) -> dict[str, Work]:
    start, middle = f"{USERS}?limit=20&offset=0", f"{USERS}?limit=20&offset={size.users // 2}"
    after = f"{USERS}?limit=20&after="
    return {
        "ping": WORKS["ping"],
        "read": WORKS["read"],
        "page": Work("page", "20 behind one in the middle", after, "pick"),
        "create": WORKS["create"],
        "offset-start": Work("offset-start", "20 by offset, first", start, clients=CLIENTS),
        "offset-middle": Work("offset-middle", "20 by offset, middle", middle, clients=CLIENTS),
    }
