"""Load on one server: wrk for short requests, a client of our own for imports."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean

from benchmarks.errors import MeasurementError
from benchmarks.work import Work

SCRIPTS = Path(__file__).parent / "wrk"
MISSING = "No wrk on this machine: run `tests/system-packages`, or `apt-get install wrk`."
IMPORTED = 10_000
MOST_IMPORTS = 5
"""In one slice: more would say nothing new and fill the table."""
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
TIME = r"([\d.]+)(us|ms|s|m|h)"


@dataclass(frozen=True)
class Load:
    requests: int
    """Those that were answered."""

    seconds: float

    p50: float
    p99: float
    """Latencies in seconds."""

    unanswered: int = 0
    """Those that were under way at the end: the server does them all the same."""

    refused: int = 0
    """Answers without success."""

    broken: str = ""
    """What went wrong below HTTP."""

    @classmethod
    def of(cls, loads: Sequence["Load"]) -> "Load":
        """Several as one; its latencies are the means."""
        return cls(
            requests=sum(load.requests for load in loads),
            seconds=sum(load.seconds for load in loads),
            p50=mean(load.p50 for load in loads),
            p99=mean(load.p99 for load in loads),
            unanswered=sum(load.unanswered for load in loads),
            refused=sum(load.refused for load in loads),
            broken="; ".join(load.broken for load in loads if load.broken),
        )

    @property
    def rate(self) -> float:
        """Successes per second."""
        return (self.requests - self.refused) / self.seconds

    @property
    def trouble(self) -> str:
        """Empty when all went well."""
        refused = f"{self.refused} of {self.requests} answers without success"
        return "; ".join(filter(None, [refused if self.refused else "", self.broken]))


def drive(port: int, work: Work, seconds: int, ids: Path, tag: str) -> Load:
    """`ids` is a file with users that may be asked for, `tag` keeps e-mail addresses apart from
    those of other calls. Raises `MeasurementError` when wrk doesn't run."""
    if work.how == "import":
        return import_posts(port, work.path, seconds)
    url = f"http://127.0.0.1:{port}"
    command = [find_wrk(), "-t1", f"-c{work.clients}", f"-d{seconds}s", "--latency"]
    command += ["--timeout", "10s"]
    if work.how == "get":
        command.append(url + work.path)
    else:
        script = SCRIPTS / f"{work.how}.lua"
        command += ["-s", str(script), url, "--", work.path, str(ids), tag, work.method]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MeasurementError(f"wrk: {done.stdout}{done.stderr}")
    return read_output(done.stdout, work.clients)


def find_wrk() -> str:
    """Raises `MeasurementError` when it isn't installed."""
    program = shutil.which("wrk")
    if not program:
        raise MeasurementError(MISSING)
    return program


def read_output(text: str, clients: int) -> Load:
    """What `wrk --latency` prints."""
    total = re.search(rf"(\d+) requests in {TIME},", text)
    latency = {share: (value, unit) for share, value, unit in _latencies(text)}
    if not total or not latency.keys() >= {"50", "99"}:
        raise MeasurementError(f"wrk printed something unknown:\n{text}")
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    broken = re.search(r"Socket errors: .*\d", text)
    return Load(
        requests=int(total[1]),
        seconds=_seconds(total[2], total[3]),
        p50=_seconds(*latency["50"]),
        p99=_seconds(*latency["99"]),
        unanswered=clients,
        refused=int(refused[1]) if refused else 0,
        broken=broken[0] if broken else "",
    )


def _latencies(text: str) -> list[tuple[str, str, str]]:
    return re.findall(rf"^ +(\d+)% +{TIME} *$", text, re.MULTILINE)


def _seconds(value: str, unit: str) -> float:
    return float(value) * UNITS[unit]


def import_posts(port: int, path: str, seconds: float) -> Load:
    """One call after the other until the time is over."""
    posts = [{"title": f"Post {n}", "body": "What was to be said. " * 4} for n in range(IMPORTED)]
    body = json.dumps({"posts": posts})
    latencies: list[float] = []
    refused = 0
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    while sum(latencies) < seconds and len(latencies) < MOST_IMPORTS:
        begin = time.perf_counter()
        connection.request("POST", path, body, {"content-type": "application/json"})
        response = connection.getresponse()
        answer = response.read()
        latencies.append(time.perf_counter() - begin)
        if response.status != 201 or json.loads(answer) != {"count": IMPORTED}:
            refused += 1
    connection.close()
    latencies.sort()
    middle, slowest = latencies[len(latencies) // 2], latencies[-1]
    return Load(len(latencies), sum(latencies), middle, slowest, refused=refused)
