"""All faults after each other, again and again, in one pooling mode after the other.

`python -m tests.faults.soak [SECONDS] [--modes MODE …]` tells what became of every request, as text
and in `.variants/soak.json`. It fails when an acknowledged write is missing, when an answer is
neither a success nor a documented problem, or when the service ends.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.faults.blows import BLOWS
from tests.faults.clients import creations, impatient, load, reads
from tests.faults.outcomes import Outcome, acknowledged, flaws, kinds, percentile
from tests.faults.stage import MODES, Stage, stage
from tests.installing import LOWEST, install_union, interpreter
from tests.rendering import Renderer
from tests.serving import Service
from tests.variants import VARIANTS_FOLDER

REPORT = VARIANTS_FOLDER / "soak.json"
CALM = 2.0
"""Seconds between two faults."""

GROWTH = 64 * 1024
"""How much memory a process may take on after its first minute, in KiB."""


@dataclass
class Account:
    """What became of the requests of one mode."""

    mode: str
    seconds: float = 0
    requests: int = 0
    left: int = 0
    """Those whose client hung up."""

    statuses: dict[str, int] = field(default_factory=dict)
    flaws: dict[str, int] = field(default_factory=dict)
    faults: dict[str, int] = field(default_factory=dict)
    p50: float = 0
    p99: float = 0
    acknowledged: int = 0
    missing: int = 0
    memory: list[int] = field(default_factory=list)
    """KiB after each fault."""

    ended: bool = False
    """Whether the service gave up."""

    @property
    def is_well(self) -> bool:
        return not (self.flaws or self.missing or self.ended or self.growth > GROWTH)

    @property
    def growth(self) -> int:
        """In KiB, of the last quarter against the second: the first warms up."""
        quarter = max(1, len(self.memory) // 4)
        later, earlier = self.memory[-quarter:], self.memory[quarter : 2 * quarter]
        return max(later) - max(earlier) if earlier else 0

    def text(self) -> str:
        answers = _listed(self.statuses)
        lines = [
            f"{self.mode}: {'well' if self.is_well else 'NOT WELL'}, {self.seconds:.0f} s",
            f"  requests {self.requests:,}: {answers}; {self.left:,} hung up",
            f"  faults   {_listed(self.faults)}",
            f"  latency  p50 {self.p50 * 1000:.0f} ms, p99 {self.p99 * 1000:.0f} ms",
            f"  writes   {self.acknowledged:,} acknowledged, {self.missing} missing",
            f"  memory   {self.memory[-1] if self.memory else 0:,} KiB, grew by {self.growth:,}",
        ]
        return "\n".join(lines + ([f"  flaws    {_listed(self.flaws)}"] if self.flaws else []))


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {name}" for name, number in sorted(counts.items())) or "none"


def soak(stage: Stage, seconds: float, chance: random.Random) -> Account:
    account = Account(stage.mode)
    faults: Counter[str] = Counter()
    began = time.monotonic()
    with ExitStack() as running:
        service = running.enter_context(stage.service(APP_HTTP_DEADLINE="5"))
        loads = [
            running.enter_context(load(service.port, requests, clients, pause=0.005))
            for requests, clients in ((creations(), 8), (reads(), 4), (impatient(), 8))
        ]
        while time.monotonic() - began < seconds and service.is_running():
            time.sleep(CALM)
            fault = chance.choice(blows_for(stage.mode))
            BLOWS[fault](stage)
            faults[fault] += 1
            account.memory.append(memory_of(service))
        time.sleep(CALM)
        account.ended = not service.is_running()
        outcomes = [outcome for running_load in loads for outcome in running_load.stop()]
    account.seconds, account.faults = time.monotonic() - began, dict(faults)
    tally(account, outcomes, stage)
    return account


def blows_for(mode: str) -> list[str]:
    """PgBouncer 1.18, which many distributions have, doesn't survive a server that hangs."""
    return [name for name in BLOWS if (mode, name) != ("pgbouncer", "hung")]


def tally(account: Account, outcomes: Sequence[Outcome], stage: Stage) -> None:
    answered = [outcome for outcome in outcomes if outcome.status]
    keys = acknowledged(outcome for outcome in outcomes if outcome.key)
    account.requests = len(outcomes)
    account.left = sum(outcome.status is None and not outcome.flaw for outcome in outcomes)
    account.statuses, account.flaws = kinds(answered), flaws(outcomes)
    account.p50, account.p99 = percentile(answered, 0.5), percentile(answered, 0.99)
    account.acknowledged = len(keys)
    account.missing = len(keys - set(stage.stored(keys)))


def memory_of(service: Service) -> int:
    """What it holds in memory, in KiB."""
    status = Path(f"/proc/{service.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=300)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    accounts = []
    environment = install_union(interpreter(LOWEST))
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        renderer = Renderer(Path(place))
        for mode in options.modes:
            with stage(renderer, environment, mode) as ready:
                accounts.append(soak(ready, options.seconds / len(options.modes), chance))
            print(accounts[-1].text(), flush=True)
    record = [asdict(account) | {"well": account.is_well} for account in accounts]
    REPORT.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if all(account.is_well for account in accounts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
