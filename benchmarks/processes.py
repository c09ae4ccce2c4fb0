"""CPU time and memory of a process with all that it has started, as the operating system counts."""

import os
from collections import defaultdict
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu_seconds(pid: int) -> float:
    """User and system time, that of children that have ended included."""
    # Fields 14 to 17 of proc(5): utime, stime, cutime, cstime; a process may end meanwhile.
    fields = [fields for process in tree(pid) if (fields := _stat(process))]
    return sum(sum(map(int, values[11:15])) for values in fields) / TICKS


def resident_bytes(pid: int) -> int:
    return sum(int(fields[21]) * PAGE for process in tree(pid) if (fields := _stat(process)))


def tree(pid: int) -> list[int]:
    """The process and its descendants that still run."""
    children = defaultdict(list)
    for folder in PROC.iterdir():
        if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
            children[int(fields[1])].append(int(folder.name))
    found = [pid]
    for process in found:
        found += children[process]
    return found


def _stat(pid: int) -> list[str]:
    """The fields behind the name, which may hold spaces: the first is the state, field 3."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []
