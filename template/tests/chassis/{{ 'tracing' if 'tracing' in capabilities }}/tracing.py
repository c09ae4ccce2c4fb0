"""An application that tells a collector of its own."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

import pytest
from fastapi import FastAPI

from app.chassis.config import ChassisSettings
from app.chassis.parts.tracing.settings import TracingSettings

from .. import witness
from ..running import Running, running
from ..things.application import create_app
from .collecting import Collector, Span, collector

TRACE, CALLER = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
NOT_SAMPLED = {"traceparent": f"00-{TRACE}-{CALLER}-00"}


@dataclass(frozen=True)
class Traced:
    service: Running
    collector: Collector

    def of_request(self, name: str) -> list[Span]:
        """The span of a request, and those whose parent it is."""
        request = self.collector.named(name)
        below = [span for span in self.collector.spans if span.parent == request.id]
        assert {span.trace for span in below} <= {request.trace}
        return [request, *below]


@asynccontextmanager
async def traced(
    settings: ChassisSettings,
    plant: Callable[[FastAPI], object] = lambda _: None,
    *,
    ratio: float = 1,
    flush: float = 10,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> AsyncGenerator[Traced]:
    """What it has told is complete when the block has ended. `plant` adds routes."""
    tracing = TracingSettings(sample_ratio=ratio, flush=flush)
    own = settings.model_copy(update={"tracing": tracing})
    with collector(witness.read_span) as told, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", told.url)
        for name, value in variables.items():
            patch.setenv(name, value)
        app = create_app(own)
        plant(app)
        async with running(app) as service:
            yield Traced(service, told)
