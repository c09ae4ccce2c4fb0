"""Several workers share what they measure through files, when `PROMETHEUS_MULTIPROC_DIR` names a
directory for them (the library's multiprocess mode)."""

import logging
import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

logger = logging.getLogger(__name__)

_DAMAGES = (
    *(OSError, ValueError, TypeError, AttributeError, LookupError, RuntimeError),
    *(struct.error, OverflowError),
)
"""What the library raises when a file is not as it wrote it."""


def directory() -> Path | None:
    """None for a process that measures for itself."""
    named = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    return Path(named) if named else None


def prepare() -> None:
    """Make the directory, and empty it of what earlier runs left.

    A worker that died while others go on has counted for all of them: its files stay.
    """
    shared = directory()
    if shared is None:
        return
    shared.mkdir(parents=True, exist_ok=True)
    owners = dict(_owners(shared))
    others = set(owners.values()) - {os.getpid()}
    alone = not any(_lives(pid) for pid in others)
    for path, pid in owners.items():
        if alone or pid == os.getpid():
            path.unlink(missing_ok=True)


def registry() -> CollectorRegistry:
    """What a scrape reads: this process, or all workers together, without the gauges of those that
    are gone."""
    shared = directory()
    if shared is None:
        return REGISTRY
    for pid in {pid for _, pid in _owners(shared) if not _lives(pid)}:
        mark_process_dead(pid, str(shared))  # type: ignore[no-untyped-call]
    summed = CollectorRegistry()
    summed.register(_Files(shared))
    return summed


class _Files:
    """All files together, but for damaged ones: a crash of the machine may leave half a file. What
    that one counted is lost, and nothing else."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def collect(self) -> Iterable[Metric]:
        files = sorted(self._shared.glob("*.db"))
        try:
            return _merged(files)
        except _DAMAGES:  # also a file that its worker has just deleted
            return _merged([path for path in files if _is_readable(path)])


def _merged(files: Sequence[Path]) -> list[Metric]:
    return list(MultiProcessCollector.merge([*map(str, files)]))  # type: ignore[no-untyped-call]


def _is_readable(path: Path) -> bool:
    try:
        _merged([path])
    except FileNotFoundError:
        return False
    except _DAMAGES as error:
        cause = type(error).__name__
        logger.warning("A file of metrics is damaged", extra={"file": path.name, "cause": cause})
        return False
    return True


def leave() -> None:
    """This process has nothing in use any more."""
    if shared := directory():
        mark_process_dead(os.getpid(), str(shared))  # type: ignore[no-untyped-call]


def _owners(shared: Path) -> Iterator[tuple[Path, int]]:
    """The files, and the process that writes each: `histogram_4711.db`."""
    for path in shared.glob("*_*.db"):
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal():
            yield path, int(pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True
