"""What happens to the database of a service, each for as long as the call lasts."""

import os
import signal
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress

from tests.faults.stage import Stage

TERMINATE = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def terminate(stage: Stage) -> int:
    """End every session but the own; how many there were."""
    return int(stage.fetch(TERMINATE)[0])


@contextmanager
def frozen(stage: Stage) -> Generator[None]:
    """Every process of the server stands still: it answers nothing and hangs up on nobody."""
    processes = [int(pid) for pid in stage.fetch("SELECT pid FROM pg_stat_activity")]
    processes.append(int(stage.fetch("SELECT pg_read_file('postmaster.pid')")[0].split()[0]))
    _send(processes, signal.SIGSTOP)
    try:
        yield
    finally:
        _send(processes, signal.SIGCONT)


def _send(processes: list[int], what: int) -> None:
    for process in processes:
        with suppress(ProcessLookupError):  # its client has gone
            os.kill(process, what)


def crash(stage: Stage) -> None:
    with stage.without_server(stage.server.crash):
        time.sleep(2)


def restart(stage: Stage) -> None:
    with stage.without_server(stage.server.stop):
        time.sleep(0.5)


def hang(stage: Stage) -> None:
    with frozen(stage):
        time.sleep(2)


def hold_up(stage: Stage) -> None:
    with stage.locked():
        time.sleep(3)


BLOWS: Mapping[str, Callable[[Stage], object]] = {
    "killed": crash,
    "restarted": restart,
    "sessions ended": terminate,
    "hung": hang,
    "locked": hold_up,
}
