"""Every mode beside the limit and the references, with all kinds of work."""

import argparse
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

from benchmarks import contenders, documents, peers, report
from benchmarks.chart import draw
from benchmarks.check import check_answers
from benchmarks.contenders import LIMIT, NAMES
from benchmarks.figures import Figures, as_json, figures, noise, too_noisy
from benchmarks.machine import describe
from benchmarks.options import add_rounds, positive
from benchmarks.rounds import Rounds
from benchmarks.servers import Plan, Server, serve_all
from benchmarks.stage import Stage, prepare
from benchmarks.work import WORKS

PART = "bench"
LAST = "import"
"""After all else: it makes the table of posts longer, in one server more than in another."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_rounds(parser, 5)
    parser.add_argument("--only", type=_some(NAMES), default=list(NAMES), metavar="MODE,...")
    parser.add_argument("--works", type=_some(WORKS), default=list(WORKS), metavar="WORK,...")
    parser.add_argument("--clients", type=positive, default=32, help="of each server")
    parser.add_argument("--peers", action="store_true", help="with other templates")


def _some(names: Collection[str]) -> Callable[[str], list[str]]:
    def parse(text: str) -> list[str]:
        wanted = text.split(",")
        if unknown := set(wanted) - set(names):
            raise argparse.ArgumentTypeError(f"{sorted(unknown)}: choose from {list(names)}")
        return wanted

    return parse


def run(options: argparse.Namespace) -> int:
    names = [name for name in NAMES if name in {LIMIT, *options.only}]
    with (
        prepare() as stage,
        _plans(stage, names, options.peers) as planned,
        serve_all(planned, stage.folder) as up,
    ):
        check_answers(up, stage.size)
        rounds = Rounds(stage.database_process, options.seconds, options.clients)
        measured = measure(rounds, up, options.works, options.rounds)
        found = {server.name: measured[server.name] for server in up}
        resources = report.resources_of(up)
        described = describe(stage)
    spreads = noise(found, LIMIT)
    text = report.whole(found, resources)
    print(f"{text}\n\n{report.verdict(spreads)}")
    if options.write:
        described |= {"rounds": options.rounds, "seconds": options.seconds, "spread": spreads}
        _write(described, found, {"servers": resources, "too_noisy": too_noisy(spreads)}, text)
    return 1 if too_noisy(spreads) else 0


@contextmanager
def _plans(stage: Stage, names: Sequence[str], with_peers: bool) -> Generator[list[Plan]]:
    with contenders.plans(stage, names) as planned:
        yield [*planned, *peers.plans(stage)] if with_peers else planned


def measure(rounds: Rounds, servers: Sequence[Server], works: Sequence[str], count: int) -> Figures:
    phases = [[work for work in works if work != LAST], [work for work in works if work == LAST]]
    done = [rounds.run(servers, phase, count) for phase in phases if phase]
    return figures([list(chain(*slices)) for slices in zip(*done, strict=True)], LIMIT)


def _write(described: dict[str, Any], found: Figures, rest: dict[str, Any], text: str) -> None:
    documents.CHART.write_text(draw(found))
    block = f"{report.verdict(described['spread'])}\n\n{text}\n\n{report.origin(described)}"
    record = described | {"figures": as_json(found)} | rest
    documents.publish(PART, documents.PAGE, block, record)
