"""Throughput against the size of the pool, for short requests and for a query of 10 ms."""

import argparse
from dataclasses import replace

from benchmarks import documents, report
from benchmarks.contenders import MODES, service
from benchmarks.figures import Figures, as_json, figures
from benchmarks.machine import describe
from benchmarks.options import add_rounds
from benchmarks.rounds import Rounds
from benchmarks.servers import Plan, serve_all
from benchmarks.stage import Stage, prepare
from benchmarks.work import WORKS, Work

PART = "pools"
SIZES = (1, 2, 5, 10, 20, 50)
CLIENTS = (64, 256)
SLOW = '''"""A route whose query takes 10 ms."""

from fastapi import APIRouter
from sqlalchemy import text

from ..deps import SessionDep

router = APIRouter()


@router.get("/slow")
async def wait_in_the_database(session: SessionDep) -> None:
    await session.execute(text("SELECT pg_sleep(0.01)"))
'''
KINDS = {
    "read": WORKS["read"],
    "create": WORKS["create"],
    "slow": Work("slow", "a query of 10 ms", "/slow"),
}
WORK = {
    f"{name}-{clients}": replace(work, clients=clients)
    for name, work in KINDS.items()
    for clients in CLIENTS
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_rounds(parser, 3, 3)


def run(options: argparse.Namespace) -> int:
    with prepare() as stage:
        planned = [_plan(stage, size) for size in SIZES]
        with serve_all(planned, stage.folder) as servers:
            how = {"base_twice": False, "may_refuse": True}
            rounds = Rounds(stage.database_process, options.seconds, **how)
            done = rounds.run(servers, list(WORK), options.rounds)
        found = figures(done, planned[0].name)
        described = describe(stage) | {"rounds": options.rounds, "seconds": options.seconds}
    text = tell(found)
    print(text)
    if options.write:
        record = described | {"figures": as_json(found)}
        text = f"{text}\n\n{report.origin(described)}"
        documents.publish(PART, documents.POOLING, text, record)
    return 0


def _plan(stage: Stage, size: int) -> Plan:
    name = str(size)
    project = stage.render(name, **MODES["queue"])
    (project / "src" / "app" / "api" / "routes" / "slow.py").write_text(SLOW)
    plan = service(stage, name, project, stage.database(name))
    variables = {**plan.variables, "APP_DATABASE_POOL_SIZE": name}
    return replace(plan, variables=variables, works={"ping": WORKS["ping"], **WORK})


def tell(found: Figures) -> str:
    rows = [
        [
            f"{work.title}, {work.clients} clients",
            *(f"{found[str(size)][name].rate.median:,.0f}" for size in SIZES),
        ]
        for name, work in WORK.items()
    ]
    head = ["requests per second; pool size", *map(str, SIZES)]
    return f"{documents.table(head, rows)}\n\n{tell_refused(found)}"


def tell_refused(found: Figures) -> str:
    """Those that got no connection in time were answered 503."""
    refused = [
        f"{found[str(size)][name].refused:,} ({work.title}, {work.clients} clients, size {size})"
        for name, work in WORK.items()
        for size in SIZES
        if found[str(size)][name].refused
    ]
    listed = "; ".join(refused) or "none"
    return f"Requests that got no connection in time, and were answered 503: {listed}."
