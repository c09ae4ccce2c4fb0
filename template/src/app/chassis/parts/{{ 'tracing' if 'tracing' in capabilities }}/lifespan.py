"""Traces while the service runs, where a collector is named."""

import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from ...config import ChassisSettings
from ...resources import Resources
from .collector import wanted


@asynccontextmanager
async def opened(resources: Resources[ChassisSettings]) -> AsyncGenerator[Mapping[str, Any]]:
    """Yields `tracer_provider` and, of the spans that go to the collector, `spans`; or nothing."""
    told = wanted(os.environ)
    if told is None:
        yield {}
        return
    from .recording import recorded  # loads the SDK, which costs more than the rest of the part

    async with recorded(resources, told) as (provider, sending):
        yield {"tracer_provider": provider, "spans": sending}
