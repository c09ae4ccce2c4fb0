"""Asks the store whether a caller may send one more request, and does without it when it is
gone."""

import asyncio
import logging
import math
import time
from dataclasses import dataclass

from limits import RateLimitItem, parse
from redis.exceptions import RedisError

from .patience import patiently
from .store import CONNECTIONS, Store

logger = logging.getLogger(__name__)

PATIENCE = 0.25
"""How long a request waits for the store, in seconds."""

PAUSE = 1
"""Seconds for which a store that is gone is left alone: requests don't wait for it meanwhile."""


class Policy:
    """A limit by its name, as the header fields write it (draft-ietf-httpapi-ratelimit-headers)."""

    def __init__(self, name: str, rate: str) -> None:
        self.name = name
        self.item: RateLimitItem = parse(rate)
        self.header = f'"{name}";q={self.item.amount};w={self.item.get_expiry()}'


@dataclass(frozen=True, slots=True)
class Verdict:
    is_allowed: bool
    remaining: int
    reset: int
    """Seconds within which no more than that is allowed."""


class Limiter:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._is_gone = False
        self._ask_again = 0.0

    async def hit(self, policy: Policy, caller: str) -> Verdict | None:
        """Count a request. None when the store can't be asked, after `PATIENCE` at most."""
        if not self._store.is_shared:
            return await self._ask(policy, caller)
        # Waiting for one's turn is no fault of the store: a flood must not look like an outage.
        async with self._turns:
            if self._is_gone and not self._is_time_to_ask():
                return None
            try:
                verdict = await patiently(self._ask(policy, caller), PATIENCE)
            except (RedisError, OSError) as error:
                self._note(is_gone=True, cause=type(error).__name__)
                return None
            self._note(is_gone=False)
            return verdict

    def _is_time_to_ask(self) -> bool:
        """Of all requests one asks; the others don't wait for what it finds."""
        if time.monotonic() < self._ask_again:
            return False
        self._ask_again = time.monotonic() + PAUSE
        return True

    async def _ask(self, policy: Policy, caller: str) -> Verdict:
        windows = self._store.windows
        is_allowed = await windows.hit(policy.item, policy.name, caller)
        stats = await windows.get_window_stats(policy.item, policy.name, caller)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        return Verdict(is_allowed, stats.remaining if is_allowed else 0, reset)

    def _note(self, *, is_gone: bool, cause: str = "") -> None:
        """Log when the store goes and when it comes back, not at every request."""
        if is_gone and not self._is_gone:
            self._ask_again = time.monotonic() + PAUSE
            logger.error("The store of the rate limit can't be reached", extra={"cause": cause})
        elif self._is_gone and not is_gone:
            logger.warning("The store of the rate limit is back")
        self._is_gone = is_gone
