"""Waits for events, not for times: a busy machine takes longer than any of those."""

import asyncio
from collections.abc import Callable

PATIENCE = 60
"""Seconds after which something hangs: on a busy machine, too, nothing that tests wait for takes as
long."""

MOST_FOR_HEALTH = 30
"""Seconds that a readiness check may take: the most that its setting allows."""


async def until(condition: Callable[[], bool]) -> None:
    """Let other tasks and threads go on until they have brought something about."""
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110  # what is waited for sets no event
            await asyncio.sleep(0.01)
