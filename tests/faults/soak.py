"""All faults after each other, again and again, in one pooling mode after the other; SQLite's too.

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
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from tests.environments.installing import LOWEST, Environment, install_union, interpreter
from tests.faults import blows, neighbours, sqlite
from tests.faults.clients import creations, impatient, load, reads
from tests.faults.neighbours import Place
from tests.faults.outcomes import Outcome, acknowledged, flaws, kinds, percentile
from tests.faults.stage import MODES, stage
from tests.rendering.renders import Renderer
from tests.servers.serving import Service
from tests.variants.numbered import VARIANTS_FOLDER

OF_SQLITE = {f"sqlite-{mode}": mode for mode in sqlite.MODES}
ALL = (*MODES, *OF_SQLITE)
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


Blows = Mapping[str, Callable[[], object]]
"""What is done to the database, each for as long as the call lasts."""


def soak(name: str, place: Place, does: Blows, seconds: float, chance: random.Random) -> Account:
    account = Account(name)
    faults: Counter[str] = Counter()
    others: list[Outcome] = []
    began = time.monotonic()
    with ExitStack() as running:
        service = running.enter_context(place.service(APP_HTTP_DEADLINE="5"))
        loads = [
            running.enter_context(load(service.port, requests, clients, pause=0.005))
            for requests, clients in ((creations(), 8), (reads(), 4), (impatient(), 8))
        ]
        while time.monotonic() - began < seconds and service.is_running():
            time.sleep(CALM)
            fault = chance.choice([*does, *neighbours.END])
            if fault in does:
                does[fault]()
            else:
                others += neighbours.ended(place, fault)
            faults[fault] += 1
            account.memory.append(memory_of(service))
        time.sleep(CALM)
        account.ended = not service.is_running()
        outcomes = [outcome for running_load in loads for outcome in running_load.stop()]
    account.seconds, account.faults = time.monotonic() - began, dict(faults)
    tally(account, [*outcomes, *others], place)
    return account


@contextmanager
def prepared(
    name: str, renderer: Renderer, environment: Environment
) -> Generator[tuple[Place, Blows]]:
    """A variant on a database of its own, and what can be done to that."""
    if mode := OF_SQLITE.get(name):
        project = renderer.render(pooling_mode=mode, auth="none").folder
        file = sqlite.File.migrated(mode, project, environment)
        yield file, {blow: partial(does, file) for blow, does in sqlite.BLOWS.items()}
        return
    with stage(renderer, environment, name) as ready:
        # PgBouncer 1.18, which many distributions have, doesn't survive a server that hangs.
        survived = {b: d for b, d in blows.BLOWS.items() if (name, b) != ("pgbouncer", "hung")}
        yield ready, {blow: partial(does, ready) for blow, does in survived.items()}


def tally(account: Account, outcomes: Sequence[Outcome], place: Place) -> None:
    answered = [outcome for outcome in outcomes if outcome.status]
    keys = acknowledged(outcome for outcome in outcomes if outcome.key)
    account.requests = len(outcomes)
    account.left = sum(outcome.status is None and not outcome.flaw for outcome in outcomes)
    account.statuses, account.flaws = kinds(answered), flaws(outcomes)
    account.p50, account.p99 = percentile(answered, 0.5), percentile(answered, 0.99)
    account.acknowledged = len(keys)
    account.missing = len(keys - set(place.stored(keys)))


def memory_of(service: Service) -> int:
    """What it holds in memory, in KiB."""
    status = Path(f"/proc/{service.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", nargs="?", type=float, default=300)
    parser.add_argument("--modes", nargs="+", choices=ALL, default=ALL)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    accounts = []
    environment = install_union(interpreter(LOWEST))
    with tempfile.TemporaryDirectory(prefix="soak-") as place:
        renderer = Renderer(Path(place))
        for mode in options.modes:
            with prepared(mode, renderer, environment) as (ready, does):
                share = options.seconds / len(options.modes)
                accounts.append(soak(mode, ready, does, share, chance))
            print(accounts[-1].text(), flush=True)
    record = [asdict(account) | {"well": account.is_well} for account in accounts]
    REPORT.write_text(json.dumps(record, indent=2) + "\n")
    return 0 if all(account.is_well for account in accounts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
