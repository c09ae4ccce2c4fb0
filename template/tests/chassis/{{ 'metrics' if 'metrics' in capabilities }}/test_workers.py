"""Several workers: whichever answers a scrape tells of all of them."""

import os
import signal
from pathlib import Path

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.chassis.config import ChassisSettings

from .. import witness
from ..serving import SERVES, server, wait_for_lines, wait_until, wait_until_live
from ..waiting import PATIENCE

pytestmark = pytest.mark.thorough

REQUESTS = 40
BEARER = {"Authorization": f"Bearer {witness.SECRET}"}


def unknown_paths(url: str) -> float:
    """How many requests for paths that nobody knows were counted."""
    text = httpx2.get(f"{url}/metrics", headers=BEARER, timeout=PATIENCE).text
    labels = {"method": "GET", "route": "none", "status": "404"}
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return sum(s.value for s in samples if s.name == "http_requests_total" and s.labels == labels)


def workers(shared: Path) -> set[int]:
    """The processes whose gauges are there."""
    return {int(path.stem.rpartition("_")[2]) for path in shared.glob("gauge_livesum_*.db")}


def test_workers_tell_of_each_other_and_a_new_start_begins_at_nothing(
    settings: ChassisSettings, tables_made: None, tmp_path: Path
) -> None:
    log, shared = tmp_path / "log", tmp_path / "metrics"
    told = {"WORKERS": "2", "PROMETHEUS_MULTIPROC_DIR": str(shared), "DRAIN_TIMEOUT": "5"}
    with server(settings, log, **told) as (process, url):
        wait_until_live(process, url, log, workers=2)
        wait_until(lambda: len(workers(shared)) == 2)
        for _ in range(REQUESTS):  # each on a connection of its own, for whoever takes it
            httpx2.get(f"{url}/no/such/path", timeout=PATIENCE)
        counted = unknown_paths(url)

        killed = min(workers(shared))
        os.kill(killed, signal.SIGKILL)
        wait_until(lambda: unknown_paths(url) == REQUESTS and killed not in workers(shared))
        wait_for_lines(log, SERVES, 3)  # another one took its place
        wait_until(lambda: len(workers(shared)) == 2)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)

    with server(settings, log, **told) as (process, url):
        wait_until_live(process, url, log, workers=2)
        wait_until(lambda: len(workers(shared)) == 2)
        anew = unknown_paths(url)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)

    assert (counted, anew) == (REQUESTS, 0)
