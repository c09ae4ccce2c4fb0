"""When a call is made again, and how soon."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

REPEATED = frozenset({429, 500, 502, 503, 504})
"""Statuses that may be others next time."""

LONGEST = 5.0
"""Seconds. Whoever asks for a longer pause is not called again: the caller has the answer."""

_BASE = 0.1


class Budget:
    """Calls are repeated a tenth as often as they are made, and a few times more: an outage must
    not be multiplied."""

    SHARE = 0.1
    MOST = 10.0

    def __init__(self) -> None:
        self._left = self.MOST

    def earn(self) -> None:
        """For each call."""
        self._left = min(self.MOST, self._left + self.SHARE)

    def spend(self) -> bool:
        """For each repetition: whether there may be one."""
        if self._left < 1:
            return False
        self._left -= 1
        return True


def pause_before(attempt: int) -> float:
    """Seconds. Chance keeps those apart who failed together."""
    return random.uniform(0, _BASE * 2**attempt)  # noqa: S311  # nobody has to guess it


def pause_asked_for(headers: Mapping[str, str], otherwise: float) -> float:
    """Seconds that `Retry-After` tells, as a number or as a date (RFC 9110, section 10.2.3)."""
    told = headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdecimal():
        return float(told[:9])
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return otherwise
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
