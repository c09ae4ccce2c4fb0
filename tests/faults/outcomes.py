"""What became of requests, as their clients saw it."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PROBLEM = "application/problem+json"
ASK_AGAIN = {429, 503}
"""Statuses that tell when to try again."""


@dataclass(frozen=True, slots=True)
class Outcome:
    key: str
    """What the request was about; the e-mail address of a user that it creates."""

    began: float
    ended: float
    """Seconds of the monotonic clock."""

    status: int | None = None
    """None when no answer came."""

    flaw: str = ""
    """Why nobody should get such an answer. Empty for success and for documented problems."""

    @property
    def seconds(self) -> float:
        return self.ended - self.began

    @property
    def succeeded(self) -> bool:
        return not self.flaw and self.status is not None and self.status < 300


def flaw_of(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """What an answer lacks to be a success or a documented problem."""
    if status < 400:
        return ""
    if headers.get("content-type") != PROBLEM or json.loads(body)["status"] != status:
        return f"{status} that is no problem"
    if status in ASK_AGAIN and "retry-after" not in headers:
        return f"{status} without Retry-After"
    return "500" if status == 500 else ""


def acknowledged(outcomes: Iterable[Outcome]) -> set[str]:
    """The keys of what succeeded."""
    return {outcome.key for outcome in outcomes if outcome.succeeded}


def kinds(outcomes: Iterable[Outcome]) -> dict[str, int]:
    """How often each status came, or each flaw."""
    return dict(Counter(outcome.flaw or str(outcome.status) for outcome in outcomes))


def flaws(outcomes: Iterable[Outcome]) -> dict[str, int]:
    return kinds(outcome for outcome in outcomes if outcome.flaw)


def since(outcomes: Iterable[Outcome], moment: float) -> list[Outcome]:
    """Those that began at a moment or later."""
    return [outcome for outcome in outcomes if outcome.began >= moment]


def percentile(outcomes: Sequence[Outcome], share: float) -> float:
    """The latency in seconds that a share of all stays below."""
    ordered = sorted(outcome.seconds for outcome in outcomes)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
