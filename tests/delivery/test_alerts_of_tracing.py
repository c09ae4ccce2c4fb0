"""The alert rule of tracing, judged by Prometheus' own tool."""

from pathlib import Path

import pytest
import yaml

from tests.delivery.test_alerts import MINUTES, Series, growing, labelled, promtool
from tests.rendering.renders import Renderer

ALERTS = "deploy/prometheus/tracing.yml"


def dropped(values: str, reason: str = "refused") -> Series:
    return {labelled("tracing_spans_dropped_total", reason=reason): values}


SCENARIOS: dict[str, tuple[Series, int]] = {
    "nothing is traced": ({}, 0),
    "nothing is dropped": (dropped("7x30"), 0),
    "a collector that was away for two minutes": (dropped("0x5 100 200 200x23"), 0),
    "a collector that is away": (dropped(growing(1)), 1),
    "a queue that is full again and again": (dropped(growing(50), "full") | dropped("0x30"), 1),
}
"""What is counted, and how many alerts fire."""


@pytest.fixture(scope="module")
def rules(renderer: Renderer) -> Path:
    return renderer.render(capabilities=["metrics", "tracing"]).folder / ALERTS


@pytest.mark.slow
def test_dropped_spans_are_alerted_when_they_go_on(rules: Path, tmp_path: Path) -> None:
    count = 'sum(count by (alertname) (ALERTS{alertstate="firing"})) or vector(0)'
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": [{"series": key, "values": values} for key, values in series.items()],
            "promql_expr_test": [
                {
                    "expr": count,
                    "eval_time": f"{MINUTES}m",
                    "exp_samples": [{"labels": "{}", "value": expected}],
                }
            ],
        }
        for name, (series, expected) in SCENARIOS.items()
    ]
    file = tmp_path / "test.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(rules)], "tests": tests}))

    status, told = promtool("test", "rules", file)

    assert status == 0, told


def test_the_alert_says_how_bad_it_is_and_what_to_do(renderer: Renderer, rules: Path) -> None:
    (rule,) = yaml.safe_load(rules.read_text())["groups"][0]["rules"]

    assert rule["labels"] == {"severity": "warning"}
    assert {*rule["annotations"]} == {"summary", "description"}
    assert ALERTS not in renderer.render(capabilities=["metrics"]).files()
