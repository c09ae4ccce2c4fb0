"""Whatever the suite serves is traced, and the witness reads what leaves the process. Imported by
`tests/chassis/fixtures.py`."""

import atexit
import logging
import os
from contextlib import ExitStack
from random import Random

from opentelemetry.exporter.otlp.common import http
from opentelemetry.sdk.trace import id_generator

from .. import witness
from .collecting import collector

_stack = ExitStack()
atexit.register(_stack.close)
_collector = _stack.enter_context(collector(witness.read_span))

# It notes each export, also while a test compares what is printed.
logging.getLogger("urllib3").setLevel(logging.INFO)

# Hypothesis wants nobody beside it to draw from the numbers of `random`.
vars(http)["random"] = vars(id_generator)["random"] = Random()

os.environ |= {
    "APP_TRACING_SAMPLE_RATIO": "1",
    "OTEL_EXPORTER_OTLP_ENDPOINT": _collector.url,
    "OTEL_BSP_SCHEDULE_DELAY": "100",  # milliseconds: within the test that made them, if it lasts
}
