"""The cost of a request does not creep up: a guard that load on this machine can't disturb.

CPU time differs from run to run; the number of calls that a request makes doesn't. `just bench` has
the times.
"""

import json
from pathlib import Path

import pytest

from tests.cost.bounds import PAGE, most_calls
from tests.environments.installing import Environment
from tests.rendering.renders import Answers, Renderer
from tests.servers.commands import run

pytestmark = pytest.mark.slow

SCRIPT = Path(__file__).with_name("call_counts.py").read_text()
NOTHING: list[str] = []
VARIANTS: dict[str, Answers] = {
    "queue": {"pooling_mode": "queue", "capabilities": NOTHING},
    "asyncpg": {"pooling_mode": "asyncpg", "capabilities": NOTHING},
    "queue with metrics": {"pooling_mode": "queue", "capabilities": ["metrics"]},
    "queue with tracing": {"pooling_mode": "queue", "capabilities": ["tracing"]},
    "queue with tracing, to a collector": {"pooling_mode": "queue", "capabilities": ["tracing"]},
}
# Nobody listens there, and nothing is recorded: what is paid for by each request.
COLLECTOR = {
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "APP_TRACING_SAMPLE_RATIO": "0",
    "APP_TRACING_FLUSH": "0",
}
MOST_CALLS = most_calls(PAGE.read_text())


@pytest.mark.parametrize("variant", MOST_CALLS)
def test_a_request_makes_no_more_calls_than_it_did(
    renderer: Renderer, environment: Environment, variant: str
) -> None:
    answers = VARIANTS[variant]
    project = renderer.render(database_driver="asyncpg", auth="none", **answers).folder
    python = environment.program("python")
    variables = COLLECTOR if variant.endswith("to a collector") else {}
    status, output = run([python, "-c", SCRIPT], project, environment.variables() | variables)
    assert status == 0, output

    (line,) = [line for line in output.splitlines() if line.startswith("RESULT ")]
    counted: dict[str, float] = json.loads(line.removeprefix("RESULT "))
    assert counted.keys() == MOST_CALLS[variant].keys()
    grown = {work: n for work, n in counted.items() if n > MOST_CALLS[variant][work]}
    assert not grown, f"more calls per request than {MOST_CALLS[variant]}, see {PAGE.name}"
