"""Takes spans to the collector, from a thread of its own."""

import asyncio
import logging
import os
from collections import deque
from contextlib import suppress
from threading import Condition, Thread
from typing import Literal, Protocol

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from .cleaning import cleaned

logger = logging.getLogger(__name__)


def _number(name: str, default: int) -> int:
    """A variable of OpenTelemetry's batch processor."""
    given = os.environ.get(name, "")
    return int(given) if given.isdecimal() and int(given) else default


class SendingObserver(Protocol):
    """Called from the thread that sends, and from those that end spans."""

    def sent(self, count: int) -> None: ...

    def dropped(self, count: int, reason: Literal["full", "refused", "exit"]) -> None: ...


class Sending(SpanProcessor):
    """A queue, and a thread that empties it. Spans that find it full are dropped, and counted: no
    request waits for a collector.

    The SDK's own processor counts nothing by itself, and holds the end of a process for 30 s.
    """

    def __init__(self, exporter: SpanExporter) -> None:
        """To be made in the process that serves, in its event loop."""
        self.observer: SendingObserver | None = None
        self._exporter = exporter
        self._delay = _number("OTEL_BSP_SCHEDULE_DELAY", 5000) / 1000
        self._size = _number("OTEL_BSP_MAX_QUEUE_SIZE", 2048)
        self._batch = min(_number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 512), self._size)
        self._waiting: deque[ReadableSpan] = deque()
        self._on_the_way = 0
        self._is_closing = self._is_given_up = self._is_failing = False
        self._changed = Condition()
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        # A daemon: at the end of the process nobody waits for a collector that hangs.
        self._thread = Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        pass

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is None or not span.context.trace_flags.sampled:
            return
        with self._changed:
            is_full = len(self._waiting) >= self._size
            if not is_full:
                self._waiting.append(span)
                if len(self._waiting) >= self._batch:
                    self._changed.notify()
        if is_full and self.observer is not None:
            self.observer.dropped(1, "full")

    async def close(self, seconds: float) -> None:
        """Send what is left, for so long; what is left then is lost."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            self._give_up()

    def _give_up(self) -> None:
        with self._changed:
            self._is_given_up = True
            lost = self._on_the_way + len(self._waiting)
            self._waiting.clear()
        self._exporter.shutdown()  # waits for no other try
        logger.warning("The collector did not take the last spans", extra={"lost": lost})
        if self.observer is not None:
            self.observer.dropped(lost, "exit")

    def _run(self) -> None:
        while batch := self._next():
            self._send(batch)
        with suppress(RuntimeError):  # nobody waits, and the loop is closed
            self._loop.call_soon_threadsafe(self._ended.set)

    def _next(self) -> list[ReadableSpan]:
        """Empty at the end."""
        with self._changed:
            self._on_the_way = 0
            while True:
                self._changed.wait_for(self._is_due, self._delay)
                count = min(len(self._waiting), self._batch)
                if count or self._is_closing:
                    self._on_the_way = count
                    return [self._waiting.popleft() for _ in range(count)]

    def _is_due(self) -> bool:
        return self._is_closing or len(self._waiting) >= self._batch

    def _send(self, batch: list[ReadableSpan]) -> None:
        try:
            result = self._exporter.export([cleaned(span) for span in batch])
        except Exception:  # noqa: BLE001  # the thread has to go on
            result = SpanExportResult.FAILURE
        if not self._is_given_up:
            self._tell(len(batch), failed=result is not SpanExportResult.SUCCESS)

    def _tell(self, count: int, *, failed: bool) -> None:
        """One line when it begins to fail and one when it ends, not one for each batch."""
        if failed and not self._is_failing:
            logger.warning("The collector takes no spans: they are dropped")
        elif self._is_failing and not failed:
            logger.info("The collector takes spans again")
        self._is_failing = failed
        if self.observer is not None and failed:
            self.observer.dropped(count, "refused")
        elif self.observer is not None:
            self.observer.sent(count)
