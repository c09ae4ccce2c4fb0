"""Instructions of a request, counted by callgrind: a busy machine changes nothing about them."""

import argparse
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

from benchmarks import documents, report
from benchmarks.contenders import NAMES, plans
from benchmarks.errors import MeasurementError
from benchmarks.machine import describe
from benchmarks.options import add_common, positive
from benchmarks.servers import Plan, Server, serve
from benchmarks.stage import prepare
from benchmarks.work import WORKS, Work

PART = "instructions"
WANTED = ("limit", "floor", "queue", "asyncpg", "pgbouncer", "sqlite")
SHORT = ("ping", "read", "list", "create")
MISSING = "No valgrind on this machine: `apt-get install valgrind`. Only this part needs it."
WARM = 10
"""Requests of each kind before any is counted: what is made at the first need."""

MOST_SECONDS = 120
"""The whole server is slower by a factor of 20 to 50."""

PATIENT = {"APP_HTTP_DEADLINE": "60", "PYTHONHASHSEED": "0"}
"""No request may time out, and sets have the same order in each run."""

NAMED = {"LOGNAME": "callgrind", "USER": "callgrind", "HOST": "127.0.0.1"}
"""By these, callgrind_control finds the process: they are in the name of a pipe."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_common(parser)
    parser.add_argument("--only", type=_names, default=WANTED, help=f"of {','.join(NAMES)}")
    parser.add_argument("--requests", type=positive, default=150, help="of each kind")


def _names(text: str) -> list[str]:
    if unknown := [name for name in text.split(",") if name not in NAMES]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return text.split(",")


def run(options: argparse.Namespace) -> int:
    if not shutil.which("valgrind"):
        raise MeasurementError(MISSING)
    with prepare() as stage, plans(stage, options.only) as planned:
        found = {plan.name: count(plan, stage.folder, options.requests) for plan in planned}
        described = describe(stage)
    text = tell(found)
    print(text)
    if options.write:
        text = f"{text}\n\n{report.origin(described)}"
        documents.publish(PART, documents.PAGE, text, described | {"instructions": found})
    return 0


def count(plan: Plan, folder: Path, requests: int) -> dict[str, int]:
    """Instructions of one request by kind of work."""
    out = folder / f"{plan.name}.callgrind"
    callgrind = f"valgrind -q --tool=callgrind --instr-atstart=no --callgrind-out-file={out}"
    command = f"{callgrind} {plan.command}"
    variables = {**plan.variables, **PATIENT, **NAMED}
    slow = replace(plan, command=command, variables=variables)
    with serve(slow, folder, MOST_SECONDS) as server:
        client = _Client(server)
        for name in SHORT:
            client.ask(WORKS[name], WARM)
        _control(server, "--instr=on")
        found = {}
        for number, name in enumerate(SHORT, 1):
            client.ask(WORKS[name], WARM)
            _control(server, "--zero")
            client.ask(WORKS[name], requests)
            _control(server, "--dump")
            found[name] = total(Path(f"{out}.{number}").read_text()) // requests
        client.close()
    return found


def _control(server: Server, order: str) -> None:
    command = ["callgrind_control", order, str(server.pid)]
    done = subprocess.run(
        command, env=os.environ | NAMED, capture_output=True, text=True, check=False
    )
    if done.returncode or "failed" in done.stderr:
        raise MeasurementError(f"{' '.join(command)}:\n{done.stdout}{done.stderr}")


def total(profile: str) -> int:
    """The sum of a dump. Raises `MeasurementError` when there is none."""
    if not (found := re.search(r"^(?:totals|summary): (\d+)", profile, re.MULTILINE)):
        raise MeasurementError("callgrind wrote no sum")
    return int(found[1])


class _Client:
    """One connection, one request after the other."""

    def __init__(self, server: Server) -> None:
        self._connection = HTTPConnection("127.0.0.1", server.port, timeout=MOST_SECONDS)
        self._ids = cycle(server.ids.read_text().split())
        self._created = 0

    def close(self) -> None:
        self._connection.close()

    def ask(self, work: Work, times: int) -> None:
        """Raises `MeasurementError` when a request is refused."""
        for _ in range(times):
            method, path, body = self._request(work)
            headers = {"content-type": "application/json"} if body else {}
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            content = response.read()
            if response.status not in (200, 201):
                raise MeasurementError(f"{method} {path}: {response.status} {content[:500]!r}")

    def _request(self, work: Work) -> tuple[str, str, str | None]:
        if work.how == "pick":
            return "GET", work.path + next(self._ids), None
        if work.how == "create":
            self._created += 1
            email = f"counted-{self._created}@example.org"
            return work.method, work.path, json.dumps({"email": email, "name": "Ada Lovelace"})
        return "GET", work.path, None


def tell(found: dict[str, dict[str, int]]) -> str:
    """A table in thousands, and as multiples of the limit where that was counted."""
    base = found.get("limit")
    rows = [
        [report.TITLES[name], *(_cell(mine, base, work) for work in SHORT)]
        for name, mine in found.items()
    ]
    return documents.table(["", *(WORKS[work].title for work in SHORT)], rows)


def _cell(mine: dict[str, int], base: dict[str, int] | None, work: str) -> str:
    ratio = f" ({mine[work] / base[work]:.2f})" if base else ""
    return f"{mine[work] / 1000:,.0f}{ratio}"
