"""The alert rules and the dashboard of a render, judged by Prometheus' own tool: each alert fires
when it should, and nothing else does."""

import json
import subprocess
from collections.abc import Iterable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.rendering.renders import Renderer

ALERTS, DASHBOARDS = "deploy/prometheus", "deploy/grafana"
MINUTES = 30
"""How long each scenario lasts; it is judged at the end."""

Series = dict[str, str]
"""Values of each minute, in the notation of promtool."""


def labelled(name: str, **labels: str) -> str:
    of_all = {"job": "shop", "instance": "shop-1", **labels}
    return f"{name}{{{','.join(f'{key}={value!r}' for key, value in of_all.items())}}}"


def steady(value: float) -> str:
    return f"{value:g}x{MINUTES}"


def growing(per_minute: float) -> str:
    return f"0+{per_minute:g}x{MINUTES}"


def pool(size: int, in_use: str, overflow: int = 0, limit: int | None = None) -> Series:
    values = {"size": steady(size), "limit": steady(size if limit is None else limit)}
    values |= {"in_use": in_use, "overflow": steady(overflow)}
    return {labelled(f"db_pool_{name}", pool="primary"): what for name, what in values.items()}


def histogram(name: str, bounds: Iterable[str], bound: str, **labels: str) -> Series:
    """All observations, 60 a minute, lie in the bucket below this bound."""
    reached, series = False, {}
    for le in [*bounds, "+Inf"]:
        reached = reached or le == bound
        bucket = labelled(f"{name}_bucket", le=le, **labels)
        series[bucket] = growing(60 if reached else 0)
    return series


def wait(bound: str) -> Series:
    return histogram("db_pool_wait_seconds", ["0.05", "0.1", "0.25", "1", "2"], bound, pool="it")


def duration(bound: str, route: str = "/api/v1/users") -> Series:
    bounds = ["0.25", "0.5", "1", "2.5", "5"]
    name = "http_request_duration_seconds"
    return histogram(name, bounds, bound, method="GET", route=route)


def lag(bound: str) -> Series:
    return histogram("event_loop_lag_seconds", ["0.05", "0.1", "0.25"], bound)


def answers(failed: float, total: float = 100) -> Series:
    """So many a minute."""
    of = {"method": "GET", "route": "/api/v1/users"}
    return {
        labelled("http_requests_total", status="200", **of): growing(total - failed),
        labelled("http_requests_total", status="503", **of): growing(failed),
    }


def probes(status: int, values: str) -> Series:
    of = {"method": "GET", "route": "/health/ready"}
    return {labelled("http_requests_total", status=str(status), **of): values}


def calls(per_minute: dict[str, float], repeated: float = 0) -> Series:
    """To a partner, by what came of them."""
    series = {
        labelled("http_client_calls_total", host="partner", outcome=outcome): growing(number)
        for outcome, number in per_minute.items()
    }
    return series | {labelled("http_client_retries_total", host="partner"): growing(repeated)}


def place(bound: str) -> Series:
    return histogram("http_client_wait_seconds", ["0.05", "0.1", "0.25"], bound)


BUSY, EXHAUSTED = "DatabasePoolBusy", "DatabasePoolNearlyExhausted"
OVERFLOW, ALL_OVERFLOW = "DatabasePoolOverflow", "DatabasePoolOverflowNearlyExhausted"
SCENARIOS: dict[str, tuple[Series, set[str]]] = {
    "nothing is measured": ({}, set()),
    "all is calm": (
        pool(20, steady(10)) | wait("0.05") | duration("0.25") | lag("0.05") | answers(0),
        set(),
    ),
    "70 % of a pool": (pool(20, steady(14)), set()),
    "75 % of a pool": (pool(20, steady(15)), {BUSY}),
    "90 % of a pool": (pool(20, steady(18)), {BUSY}),
    "95 % of a pool": (pool(20, steady(19)), {BUSY, EXHAUSTED}),
    "a pool that has been full for a minute": (pool(20, "10x28 20x1"), set()),
    "no pool at all": (pool(0, steady(500), overflow=500, limit=0), set()),
    "half of the overflow": (
        pool(20, steady(25), overflow=5, limit=30),
        {BUSY, EXHAUSTED},
    ),
    "60 % of the overflow": (
        pool(20, steady(26), overflow=6, limit=30),
        {BUSY, EXHAUSTED, OVERFLOW},
    ),
    "90 % of the overflow": (
        pool(20, steady(29), overflow=9, limit=30),
        {BUSY, EXHAUSTED, OVERFLOW, ALL_OVERFLOW},
    ),
    "waits below 100 ms": (wait("0.1"), set()),
    "waits above 100 ms": (wait("0.25"), {"DatabasePoolWait"}),
    "waits above 1 s": (wait("2"), {"DatabasePoolWait", "DatabasePoolLongWait"}),
    "callers that got no connection": (
        {labelled("db_pool_timeouts_total", pool="primary"): growing(1)},
        {"DatabasePoolTimeouts"},
    ),
    "one failure in 200": (answers(0.5), set()),
    "two failures in 100": (answers(2), {"RequestsFail"}),
    "ten failures in 100": (answers(10), {"RequestsFail", "ManyRequestsFail"}),
    "a failure in ten, and many probes": (
        answers(1, total=10) | probes(200, growing(1000)),
        {"RequestsFail", "ManyRequestsFail"},
    ),
    "an instance that is not ready": (answers(0) | probes(503, growing(12)), {"NotReady"}),
    "an instance that drains": (answers(0) | probes(503, "0x27 6 12x1"), set()),
    "requests below 500 ms": (duration("0.5"), set()),
    "requests above 500 ms": (duration("1"), {"RequestsSlow"}),
    "requests above 2.5 s": (duration("5"), {"RequestsSlow", "RequestsVerySlow"}),
    "slow probes": (duration("5", route="/health/ready"), set()),
    "a loop that is late by less than 100 ms": (lag("0.1"), set()),
    "a loop that is late by more than 100 ms": (lag("0.25"), {"EventLoopBlocked"}),
    "a partner that refuses": (calls({"404": 50, "200": 50, "cancelled": 20}), set()),
    "four calls in 100 that fail": (calls({"200": 96, "UpstreamUnavailable": 4}), set()),
    "six calls in 100 that fail": (calls({"200": 94, "UpstreamUnavailable": 6}), {"CallsFail"}),
    "six that are answered 503": (calls({"200": 94, "503": 6}), {"CallsFail"}),
    "calls that find no place": (calls({"200": 99, "UpstreamBusy": 1}), {"CallsFindNoPlace"}),
    "four calls in 100 that are repeated": (calls({"200": 100}, repeated=4), set()),
    "six calls in 100 that are repeated": (calls({"200": 100}, repeated=6), {"CallsAreRepeated"}),
    "calls that wait for less than 100 ms": (place("0.1"), set()),
    "calls that wait for more than 100 ms": (place("0.25"), {"CallsWait"}),
}
"""What is measured, and which alerts fire."""


@pytest.fixture(scope="module")
def rendered(renderer: Renderer) -> Path:
    return renderer.render(capabilities=["metrics", "http_client"]).folder


@pytest.fixture(scope="module")
def alerts(rendered: Path) -> list[dict[str, Any]]:
    files = [yaml.safe_load(path.read_text()) for path in rules_of(rendered)]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def rules_of(rendered: Path) -> list[Path]:
    return sorted((rendered / ALERTS).glob("*.yml"))


def dashboards_of(rendered: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((rendered / DASHBOARDS).glob("*.json"))]


def promtool(*arguments: str | Path) -> tuple[int, str]:
    done = subprocess.run(
        ["promtool", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.slow
def test_each_alert_fires_when_it_should_and_only_then(rendered: Path, tmp_path: Path) -> None:
    firing = 'count by (alertname) (ALERTS{alertstate="firing"})'
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": [{"series": key, "values": values} for key, values in series.items()],
            "promql_expr_test": [
                {
                    "expr": firing,
                    "eval_time": f"{MINUTES}m",
                    "exp_samples": [
                        {"labels": f'{{alertname="{alert}"}}', "value": 1}
                        for alert in sorted(expected)
                    ],
                }
            ],
        }
        for name, (series, expected) in SCENARIOS.items()
    ]
    file = tmp_path / "test.yml"
    rules = [*map(str, rules_of(rendered))]
    file.write_text(yaml.safe_dump({"rule_files": rules, "tests": tests}))

    status, told = promtool("test", "rules", file)

    assert status == 0, told


def test_no_alert_is_left_out(alerts: list[dict[str, Any]]) -> None:
    fired = set().union(*(expected for _, expected in SCENARIOS.values()))
    assert {rule["alert"] for rule in alerts} == fired


def test_each_alert_says_how_bad_it_is_and_what_to_do(alerts: list[dict[str, Any]]) -> None:
    for rule in alerts:
        assert rule["labels"]["severity"] in {"warning", "critical"}, rule
        assert {*rule["annotations"]} == {"summary", "description"}, rule


@pytest.mark.slow
def test_prometheus_takes_the_rules_and_what_the_dashboard_asks(
    rendered: Path, tmp_path: Path
) -> None:
    shown = [panel for dashboard in dashboards_of(rendered) for panel in panels(dashboard)]
    asked = [target["expr"] for panel in shown for target in panel["targets"]]
    rules = [
        {"record": f"dashboard:{number}", "expr": expr.replace("$__rate_interval", "5m")}
        for number, expr in enumerate(asked)
    ]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))

    for path in (*rules_of(rendered), file):
        status, told = promtool("check", "rules", path)
        assert status == 0, told


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def test_panels_have_titles_and_units_and_places_of_their_own(rendered: Path) -> None:
    for dashboard in dashboards_of(rendered):
        for panel in panels(dashboard):
            assert panel["title"]
            assert panel["fieldConfig"]["defaults"]["unit"]
        for one, other in combinations(dashboard["panels"], 2):
            assert not overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])


def overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(
        one[start] < other[start] + other[size] and other[start] < one[start] + one[size]
        for start, size in (("x", "w"), ("y", "h"))
    )
