"""Makes the client and closes it."""

import logging
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from ...config import ChassisSettings
from ...resources import Resources
from .client import HttpClient
from .following import traces_of_parts

logger = logging.getLogger(__name__)


@asynccontextmanager
async def opened(resources: Resources[ChassisSettings]) -> AsyncGenerator[Mapping[str, HttpClient]]:
    """Requests reach it as `http_client`."""
    settings = resources.settings
    if settings.outbound.deadline >= settings.http.deadline:
        logger.warning("APP_OUTBOUND_DEADLINE should be less than APP_HTTP_DEADLINE")
    client = HttpClient(
        settings.outbound,
        partial(traces_of_parts, resources),
        warns=settings.environment != "production",
    )
    try:
        yield {"http_client": client}
    finally:
        await client.close()
