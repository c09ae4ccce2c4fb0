"""What Prometheus reads: right under use, bounded, and for those only who have the token."""

import asyncio
import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from sqlalchemy import text

from app.chassis.chance import MAKE_ONE
from app.chassis.config import ChassisSettings
from app.chassis.parts.metrics.settings import MetricsSettings
from scripts.setup import PLACEHOLDER

from .. import witness
from ..database import unreachable_database
from ..running import Running, running
from ..things.application import create_app
from ..things.factory import box_body, make_box

BEARER = {"Authorization": f"Bearer {witness.SECRET}"}
Samples = dict[tuple[str, tuple[str, ...]], float]


async def scrape(client: httpx2.AsyncClient) -> Samples:
    """Values by name and by the values of the labels, in the order of the labels' names."""
    response = await client.get("/metrics", headers=BEARER)
    assert response.status_code == 200
    return {
        (sample.name, tuple(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(response.text)
        for sample in family.samples
    }


async def test_requests_are_counted_by_route_and_status(client: httpx2.AsyncClient) -> None:
    one = ("GET", "/api/v1/boxes/{box_id}")
    before = await scrape(client)

    box = await make_box(client)
    for _ in range(3):
        await client.get(f"/api/v1/boxes/{box['id']}")
    await client.get("/api/v1/boxes/00000000-0000-4000-8000-000000000000")
    after = await scrape(client)

    def more(name: str, *labels: str) -> float:
        return after[name, labels] - before.get((name, labels), 0)

    assert more("http_requests_total", *one, "200") == 3
    assert more("http_requests_total", *one, "404") == 1
    assert more("http_requests_total", "POST", "/api/v1/boxes", "201") == 1
    assert more("http_request_duration_seconds_count", *one) == 4
    assert after["http_requests_in_progress", ()] == before["http_requests_in_progress", ()]


async def test_what_clients_choose_makes_no_new_series(client: httpx2.AsyncClient) -> None:
    await client.request("BREW", "/no/such/path")
    before = await scrape(client)

    for number in range(20):
        await client.request(f"BREW{number}", f"/no/such/path/{number}")
        await client.get(f"/api/v1/boxes/{number}")  # no id: 422
    after = await scrape(client)

    grown = {name for name, _ in after.keys() - before.keys()}
    assert ("http_requests_total", ("other", "none", "404")) in after
    assert len(after.keys() - before.keys()) < 20, grown


@pytest.fixture
async def planted(settings: ChassisSettings, tables_made: None) -> AsyncGenerator[Running]:
    """An application with a route that fails and one that takes until `app.state.release`."""
    app = create_app(settings)
    app.state.begun, app.state.release = asyncio.Event(), asyncio.Event()

    @app.get("/broken")
    async def fail() -> None:
        raise RuntimeError("planted")

    @app.get("/slow")
    async def wait() -> None:
        app.state.begun.set()
        await app.state.release.wait()

    async with running(app) as service:
        yield service


async def test_an_unhandled_error_is_counted_as_500(planted: Running) -> None:
    broken = "http_requests_total", ("GET", "/broken", "500")
    before = (await scrape(planted.client)).get(broken, 0)  # other tests break routes, too
    response = await planted.client.get("/broken")
    samples = await scrape(planted.client)

    assert response.status_code == 500
    assert samples[broken] == before + 1


async def test_a_request_in_flight_is_told(planted: Running) -> None:
    before = (await scrape(planted.client))["http_requests_in_progress", ()]
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(planted.client.get("/slow"))
        await planted.app.state.begun.wait()
        during = (await scrape(planted.client))["http_requests_in_progress", ()]
        planted.app.state.release.set()

    assert during == before + 1


async def test_pools_are_told_as_they_are(service: Running) -> None:
    (pool, *_) = service.database.pools
    async with service.database.transaction() as session:
        await session.execute(text("SELECT 1"))
        during = await scrape(service.client)
    after = await scrape(service.client)

    labels = (pool.name,)
    status = pool.status()
    assert during["db_pool_in_use", labels] == after["db_pool_in_use", labels] + 1
    assert after["db_pool_size", labels] == status.size
    assert after["db_pool_limit", labels] == status.limit
    assert after["db_pool_idle", labels] == status.idle
    assert {labels for name, labels in after if name == "db_pool_waiting"} >= {
        (pool.name,) for pool in service.database.pools
    }


async def test_every_checkout_is_timed(service: Running) -> None:
    labels = (service.database.pools[0].name,)
    before = (await scrape(service.client)).get(("db_pool_wait_seconds_count", labels), 0)

    for _ in range(5):
        async with service.database.transaction() as session:
            await session.execute(text("SELECT 1"))
    after = await scrape(service.client)

    assert after["db_pool_wait_seconds_count", labels] >= before + 5
    assert ("db_pool_timeouts_total", labels) in after


async def test_whoever_got_no_connection_is_counted(service: Running) -> None:
    pool = service.database.pools[0]
    timeouts = ("db_pool_timeouts_total", (pool.name,))
    before = (await scrape(service.client))[timeouts]

    assert pool.observer
    pool.observer.timed_out()

    assert (await scrape(service.client))[timeouts] == before + 1


async def test_a_blocked_loop_is_told(client: httpx2.AsyncClient) -> None:
    late = ("event_loop_lag_seconds_bucket", ("0.25",))
    before = await scrape(client)

    time.sleep(0.4)  # noqa: ASYNC251  # what nobody should do is what this is about
    await asyncio.sleep(0.06)
    after = await scrape(client)

    in_all = ("event_loop_lag_seconds_count", ())
    assert after[in_all] - after[late] >= before[in_all] - before[late] + 1


async def test_the_process_tells_of_itself(client: httpx2.AsyncClient) -> None:
    names = {name for name, _ in await scrape(client)}

    assert "python_gc_collections_total" in names
    assert "python_info" in names


OPEN = "application/openmetrics-text"
OF_PROMETHEUS = (
    f"{OPEN};version=1.0.0;escaping=allow-utf-8;q=0.6,{OPEN};version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("lines", "form"),
    [
        ([], "text/plain; version=0.0.4"),
        ([""], "text/plain; version=0.0.4"),
        (["*/*"], "text/plain; version=0.0.4"),
        (["text/*"], "text/plain; version=0.0.4"),
        (["text/html, */*;q=0.8"], "text/plain; version=0.0.4"),
        ([OF_PROMETHEUS], f"{OPEN}; version=1.0.0"),
        (OF_PROMETHEUS.split(","), f"{OPEN}; version=1.0.0"),
        ([OPEN], f"{OPEN}; version=1.0.0"),
        ([OPEN.upper()], f"{OPEN}; version=1.0.0"),
        (["application/*"], f"{OPEN}; version=1.0.0"),
        ([f"{OPEN} ; Version=1.0.0 ; Q=1"], f"{OPEN}; version=1.0.0"),
        ([f'{OPEN};version="1.0.0"'], f"{OPEN}; version=1.0.0"),
        (["text/html", OPEN], f"{OPEN}; version=1.0.0"),
        ([f"text/plain;q=0.5, {OPEN};q=0.4"], "text/plain; version=0.0.4"),
        ([f"text/plain;q=0.4, {OPEN};q=0.5"], f"{OPEN}; version=1.0.0"),
        (["text/plain;q=0.4", f"{OPEN};q=0.5"], f"{OPEN}; version=1.0.0"),
        ([f"{OPEN};q=0, */*"], "text/plain; version=0.0.4"),
        (["text/plain;q=0, */*;q=0.1"], f"{OPEN}; version=1.0.0"),
        (["text/plain;version=1.0.0"], "text/plain; version=1.0.0"),
        ([f"{OPEN};version=0.0.1, text/plain;q=0.1"], "text/plain; version=0.0.4"),
        ([f"{OPEN};version=9.0.0, text/plain;q=0.1"], "text/plain; version=0.0.4"),
        ([f"{OPEN};version=x"], "text/plain; version=0.0.4"),
        ([f"{OPEN};q=x, text/plain;q=0.1"], "text/plain; version=0.0.4"),
        ([f'text/html;x=", {OPEN},"'], "text/plain; version=0.0.4"),
        ([f'text/html;x="no end, {OPEN}'], "text/plain; version=0.0.4"),
    ],
)
async def test_who_reads_gets_the_form_that_is_liked_best(
    client: httpx2.AsyncClient, lines: list[str], form: str
) -> None:
    """RFC 9110, section 12.5.1: weights, lists over several lines, ranges, and quoted commas."""
    request = client.build_request("GET", "/metrics", headers=BEARER)
    del request.headers["accept"]
    given = [*request.headers.multi_items(), *(("accept", line) for line in lines)]
    response = await client.send(httpx2.Request("GET", request.url, headers=given))

    assert response.headers["content-type"].startswith(form)
    assert response.text.endswith("# EOF\n") is form.startswith(OPEN)


@pytest.mark.parametrize("method", ["POST", "DELETE"])
async def test_metrics_are_only_read(client: httpx2.AsyncClient, method: str) -> None:
    response = await client.request(method, "/metrics")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "Bearer",
        "Bearer wrong",
        pytest.param(f"Basic {witness.SECRET}", id="Basic SECRET"),
        b"Bearer \xff",
    ],
)
async def test_who_has_no_token_reads_nothing(
    client: httpx2.AsyncClient, value: str | bytes | None
) -> None:
    headers: Any = {} if value is None else {"Authorization": value}
    response = await client.get("/metrics", headers=headers)

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"
    assert "db_pool" not in response.text


async def test_of_two_tokens_none_counts(client: httpx2.AsyncClient) -> None:
    response = await client.get("/metrics", headers=[*BEARER.items(), *BEARER.items()])

    assert response.status_code == 401


async def test_without_a_token_everybody_reads(settings: ChassisSettings) -> None:
    open_to_all = settings.model_copy(update={"metrics": MetricsSettings()})
    async with running(create_app(open_to_all)) as service:
        assert (await service.client.get("/metrics")).status_code == 200


async def test_without_a_database_there_are_metrics(settings: ChassisSettings) -> None:
    lost = settings.model_copy(update={"database": unreachable_database()})
    async with running(create_app(lost)) as service:
        assert (await service.client.post("/api/v1/boxes", json=box_body())).status_code == 503
        samples = await scrape(service.client)

    assert samples["http_requests_total", ("POST", "/api/v1/boxes", "503")] >= 1


def test_production_refuses_metrics_for_everybody() -> None:
    assert list(MetricsSettings(token=SecretStr(witness.SECRET)).unsafe()) == []
    with pytest.raises(ValueError, match="APP_METRICS_TOKEN is not set"):
        ChassisSettings(metrics=MetricsSettings())


@pytest.mark.parametrize("token", ["x", PLACEHOLDER, "0123456789" * 4, "a sentence as a token"])
def test_production_refuses_a_token_that_can_be_guessed(token: str) -> None:
    metrics = MetricsSettings.model_construct(token=SecretStr(token))

    with pytest.raises(ValueError, match="APP_METRICS_TOKEN") as refused:
        ChassisSettings(environment="production", metrics=metrics)
    assert MAKE_ONE in str(refused.value)


@pytest.mark.parametrize("token", ["with space", "umläut", "line\n"])
def test_a_token_that_no_header_holds_is_refused_everywhere(token: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and signs"):
        MetricsSettings(token=SecretStr(token))
