"""A collector that is away, refuses or hangs costs its spans, and nothing else."""

import json
import signal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from app.chassis.config import ChassisSettings
from app.chassis.parts.tracing.sending import Sending
from scripts.setup import free_port

from ..serving import server, wait_until, wait_until_live
from ..things.factory import URL
from ..waiting import PATIENCE, until
from .collecting import collector, frozen_collector
from .tracing import traced

AN_HOUR = "3600"


class Noted:
    """What an observer is told."""

    def __init__(self) -> None:
        self.taken = 0
        self.lost: list[tuple[int, str]] = []

    def sent(self, count: int) -> None:
        self.taken += count

    def dropped(self, count: int, reason: str) -> None:
        self.lost.append((count, reason))


def watched(state: dict[str, Any]) -> Noted:
    sending: Sending = state["spans"]
    sending.observer = noted = Noted()
    return noted


async def test_what_a_collector_refuses_is_counted_and_told_once(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    async with traced(settings, variables={"OTEL_BSP_SCHEDULE_DELAY": "10"}) as it:
        noted = watched(it.service.state)
        it.collector.answers[:] = [400]
        for count in (1, 2, 3):
            await it.service.client.get("/nowhere")
            await until(lambda count=count: len(noted.lost) == count)  # type: ignore[misc]
        it.collector.answers[:] = [200]
        await it.service.client.get("/nowhere")
        await until(lambda: noted.taken == 1)

    assert noted.lost == [(1, "refused")] * 3
    said = [line.getMessage() for line in caplog.records if "collector takes" in line.message]
    assert said == [
        "The collector takes no spans: they are dropped",
        "The collector takes spans again",
    ]


async def test_spans_that_find_the_queue_full_are_counted(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """The collector hangs, so nothing leaves the queue; each request is answered all the same."""
    variables = {
        "OTEL_BSP_MAX_QUEUE_SIZE": "4",
        "OTEL_BSP_SCHEDULE_DELAY": "3600000",
        "OTEL_EXPORTER_OTLP_TIMEOUT": AN_HOUR,
    }
    with frozen_collector() as address:
        # `traced` names a collector of its own; the one for traces comes before it.
        variables["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = f"{address}/v1/traces"
        async with traced(settings, flush=0, variables=variables) as it:
            noted = watched(it.service.state)
            statuses = [(await it.service.client.get("/nowhere")).status_code for _ in range(20)]

    assert statuses == [404] * 20
    full = [count for count, reason in noted.lost if reason == "full"]
    at_the_end = [count for count, reason in noted.lost if reason == "exit"]
    assert sum(full) + sum(at_the_end) == 20
    assert 4 <= sum(at_the_end) <= 8
    (line,) = [line for line in caplog.records if "the last spans" in line.message]
    assert vars(line)["lost"] == sum(at_the_end)


@pytest.mark.thorough
@pytest.mark.parametrize("state", ["away", "frozen", "refusing"])
def test_a_process_serves_and_ends_whatever_its_collector_does(
    settings: ChassisSettings, tables_made: None, tmp_path: Path, state: str
) -> None:
    """By the SDK's own means, the end would wait for as long as an export may take: an hour."""
    log = tmp_path / "log"
    with frozen_collector() as frozen, collector() as refusing:
        refusing.answers[:] = [503]
        address = {
            "away": f"http://127.0.0.1:{free_port()}",
            "frozen": frozen,
            "refusing": refusing.url,
        }[state]
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": address,
            "OTEL_EXPORTER_OTLP_TIMEOUT": AN_HOUR,
            "OTEL_BSP_MAX_QUEUE_SIZE": "8",
            "OTEL_BSP_SCHEDULE_DELAY": "10",
            "APP_TRACING_FLUSH": "0.1",
        }
        with server(settings, log, **variables) as (process, url):
            wait_until_live(process, url, log)
            answers = [httpx2.get(f"{url}{URL}", timeout=PATIENCE).status_code for _ in range(30)]
            process.send_signal(signal.SIGTERM)
            code = process.wait(timeout=PATIENCE)

    assert answers == [200] * 30
    assert code in {0, -signal.SIGTERM}
    (line,) = [json.loads(line) for line in log.read_text().splitlines() if "last spans" in line]
    assert line["lost"] > 0


@pytest.mark.thorough
def test_each_worker_tells_of_its_own_requests(
    settings: ChassisSettings, tables_made: None, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with collector() as told:
        variables = {"WORKERS": "2", "OTEL_EXPORTER_OTLP_ENDPOINT": told.url}
        with server(settings, log, **variables) as (process, url):
            wait_until_live(process, url, log, workers=2)

            def both_have_told() -> bool:
                httpx2.get(f"{url}/nowhere", timeout=PATIENCE)
                return len({span.process for span in told.spans}) == 2

            wait_until(both_have_told)
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=PATIENCE)

    assert process.pid not in {span.process for span in told.spans}
