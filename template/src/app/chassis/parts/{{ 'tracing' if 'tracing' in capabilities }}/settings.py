"""The settings of tracing. Where spans go, and under which name, is told by the variables of
OpenTelemetry (`OTEL_*`), which operators and collectors know."""

from pydantic import Field

from ...settings import Group


class TracingSettings(Group):
    """What OpenTelemetry has no variables for, or other defaults."""

    sample_ratio: float = Field(default=0.05, ge=0, le=1)
    """Share of the traces begun here that is recorded, from 0 to 1. A caller's decision comes
    first, and `OTEL_TRACES_SAMPLER` instead of both."""

    flush: float = Field(default=2, ge=0, le=10)
    """How long the end of the process waits for the collector to take what is left, in seconds."""
