"""Whether a cost grows: the same service small and large, beside each other."""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks import documents, report
from benchmarks.figures import Figure, Figures, as_json, figures, noise, too_noisy
from benchmarks.machine import describe
from benchmarks.rounds import Rounds
from benchmarks.servers import Plan, serve_all
from benchmarks.stage import Stage
from benchmarks.work import Work

MOST = 1.2
"""Of the large one, as a multiple of the small one."""


@dataclass(frozen=True)
class Pair:
    part: str
    small: Plan
    large: Plan
    works: Mapping[str, Work]
    free: Sequence[str] = ()
    """The works that may grow."""


def run(stage: Stage, pair: Pair, options: argparse.Namespace) -> int:
    small = pair.small.name
    with serve_all([pair.small, pair.large], stage.folder) as servers:
        rounds = Rounds(stage.database_process, options.seconds)
        found = figures(rounds.run(servers, list(pair.works), options.rounds), small)
    described = describe(stage) | {"rounds": options.rounds, "seconds": options.seconds}
    spreads = noise(found, small)
    told = report.verdict(spreads, f"the service with {small}")
    text = f"{grown(found, pair)}\n\n{told}"
    print(text)
    if options.write:
        found_here = {"spread": spreads, "figures": as_json(found)}
        text = f"{text}\n\n{report.origin(described)}"
        documents.publish(pair.part, documents.PAGE, text, described | found_here)
    return 1 if too_noisy(spreads) else 0


def grown(found: Figures, pair: Pair) -> str:
    small, large = pair.small.name, pair.large.name
    rows = []
    for name, work in pair.works.items():
        few, many = found[small][name], found[large][name]
        rows.append(
            [
                work.title,
                report.microseconds(few.cpu),
                report.microseconds(many.cpu),
                report.ratio(many.ratio),
                report.ratio(many.whole_ratio),
                f"{few.p50.median:.1f}, {many.p50.median:.1f} ms",
                "may grow" if name in pair.free else verdict(many),
            ]
        )
    head = ["work", small, large, "ratio", "ratio with PostgreSQL's CPU", "p50", f"≤ {MOST}"]
    return documents.table(head, rows)


def verdict(figure: Figure) -> str:
    worst = max(figure.ratio.median, figure.whole_ratio.median)
    return report.reached(worst <= MOST)
