"""What the command that serves is told by variables of its own."""

import os
from dataclasses import dataclass
from typing import Self

from ..refused import end_process


@dataclass(frozen=True)
class Options:
    host: str
    port: int
    workers: int
    """Processes that serve."""

    drain_timeout: int
    """How long requests may take once the server takes no more of them, in seconds."""

    @classmethod
    def read(cls) -> Self:
        """Those of the environment; refused ones end the process."""
        workers = next(filter(os.environ.get, ("WORKERS", *_WORKERS_ELSEWHERE)), "WORKERS")
        return cls(
            host=os.environ.get("HOST") or "127.0.0.1",
            port=_number("PORT", default=8000, least=0, most=65_535),
            workers=_number(workers, default=1, least=1, most=1000),
            drain_timeout=_number("DRAIN_TIMEOUT", default=30, least=0, most=86_400),
        )


_WORKERS_ELSEWHERE = ("WEB_CONCURRENCY", "GRANIAN_WORKERS")
"""What hosts and servers call it."""


def _number(name: str, *, default: int, least: int, most: int) -> int:
    text = os.environ.get(name, "").strip() or str(default)
    if text.isascii() and text.isdecimal() and len(text) < 6 and least <= int(text) <= most:
        return int(text)
    return end_process(f"{name} should be a whole number from {least} to {most}.")
