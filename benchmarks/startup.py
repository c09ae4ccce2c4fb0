"""What a start costs, and whether memory stays flat over many requests."""

import argparse
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from math import ceil
from typing import Any

from benchmarks import documents, report
from benchmarks.contenders import plans
from benchmarks.errors import MeasurementError
from benchmarks.figures import Spread
from benchmarks.load import drive
from benchmarks.machine import describe
from benchmarks.options import add_common, positive
from benchmarks.servers import Plan, Server, serve, serve_all
from benchmarks.stage import Stage, prepare
from benchmarks.work import USERS, Work

PART = "startup"
MODES = ("queue", "asyncpg")
MIXED = Work("mixed", "mixed", USERS, "mixed")
SECONDS, MOST_SECONDS = 2, 60
"""Of load between two looks at the number of requests.

Clients stay connected as long: uvicorn keeps what belongs to a connection that was reset until its
keep-alive timeout, 65 s, so clients that come and go would be measured instead of requests.
"""

MOST_CPU, MOST_MEMORY, MOST_GROWTH = 1.2, 90.0, 0.02


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--starts", type=positive, default=7)
    parser.add_argument("--first", type=positive, default=10_000, help="requests, then")
    parser.add_argument("--more", type=positive, default=100_000, help="requests")


def run(options: argparse.Namespace) -> int:
    with prepare() as stage, plans(stage, MODES) as planned:
        starts = measure_starts(stage, planned, options.starts)
        memory = measure_memory(stage, planned, options.first, options.more)
        described = describe(stage)
    text = tell(starts, memory, options)
    print(text)
    if options.write:
        found = {"starts": starts, "memory": memory, "first": options.first, "more": options.more}
        text = f"{text}\n\n{report.origin(described)}"
        documents.publish(PART, documents.PAGE, text, described | found)
    return 0


def measure_starts(stage: Stage, planned: Sequence[Plan], runs: int) -> dict[str, Any]:
    """CPU seconds until the first answer by mode, after a start that doesn't count."""
    found: dict[str, list[float]] = {plan.name: [] for plan in planned}
    for _ in range(runs + 1):
        for plan in planned:
            with serve(plan, stage.folder) as server:
                found[plan.name].append(round(server.start.cpu_seconds, 2))
    return {name: values[1:] for name, values in found.items()}


def measure_memory(
    stage: Stage, planned: Sequence[Plan], first: int, more: int
) -> dict[str, dict[str, float]]:
    """Megabytes after the first requests and after more of them, of all servers at once."""
    with serve_all(planned, stage.folder) as servers, ThreadPoolExecutor() as threads:
        found = threads.map(lambda server: _load(server, first, more), servers)
        return {server.name: values for server, values in zip(servers, found, strict=True)}


def _load(server: Server, first: int, more: int) -> dict[str, float]:
    tags = map(str, count())
    values = {}
    done = 0
    seconds = SECONDS
    for name, wanted in {"before": first, "after": first + more}.items():
        while done < wanted:
            server.forget_log()
            load = drive(server.port, MIXED, seconds, server.ids, next(tags))
            if load.trouble:
                raise MeasurementError(f"{server.name}: {load.trouble}\n{server.last_words()}")
            done += load.requests
            left = ceil((wanted - done) / load.rate)
            seconds = min(max(left, SECONDS), MOST_SECONDS)
        server.settle()
        values[f"requests_{name}"] = float(done)
        values[f"mb_{name}"] = round(server.resident_bytes() / 1e6, 2)
    return values


def tell(starts: Any, memory: Any, options: argparse.Namespace) -> str:
    rows = []
    for name, values in starts.items():
        cpu, mine = Spread.of(values), memory[name]
        grown = mine["mb_after"] / mine["mb_before"] - 1
        told = [
            f"{cpu.median:.2f} s ({cpu.min:.2f} to {cpu.max:.2f})",
            f"{mine['mb_before']:.1f} MB",
        ]
        told += [f"{mine['mb_after']:.1f} MB", f"{grown:+.1%}"]
        goals = (cpu.median <= MOST_CPU, mine["mb_before"] <= MOST_MEMORY, grown <= MOST_GROWTH)
        rows.append([f"`{name}`", *told, ", ".join(map(report.reached, goals))])
    head = ["mode", "CPU until ready", f"memory after {options.first:,} requests"]
    head += [f"after {options.more:,} more", "growth"]
    goals_of_columns = f"≤ {MOST_CPU} s, ≤ {MOST_MEMORY:.0f} MB, ≤ {MOST_GROWTH:.0%}"
    return documents.table([*head, goals_of_columns], rows)
