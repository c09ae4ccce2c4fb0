"""Lets load balancers notice that a process is about to stop, while it still serves."""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import copy_context

from .signals import end_by

logger = logging.getLogger(__name__)

ECHO = 2.0
"""Seconds within which a second SIGTERM is the first one: sent to a worker and to its parent, which
passes it on."""


class Draining:
    """From SIGTERM on, the process is not ready; its server learns of the signal `delay` seconds
    later.

    A second signal ends the process at once, whatever it is doing.
    """

    def __init__(self, delay: float) -> None:
        self.begun = False
        self.stop_server: Callable[[], object] = lambda: None
        self._delay = delay
        self._callbacks: list[Callable[[], object]] = []
        self._loop = asyncio.get_running_loop()
        self._context = copy_context()
        self._timer: asyncio.TimerHandle | None = None
        self._echoes_until = 0.0

    def on_begin(self, callback: Callable[[], object]) -> None:
        """Have `callback` called in the loop when draining begins: for streams and workers, which
        would keep the server from stopping."""
        self._callbacks.append(callback)

    def on_signal(self, *_: object) -> None:
        """Runs between any two instructions of the main thread, also those of a request, so the
        loop does the rest. The second signal can't wait for a loop that may be stuck."""
        if not self.begun:
            self.begun = True
            self._echoes_until = time.monotonic() + ECHO
            self._loop.call_soon_threadsafe(self._begin, context=self._context)
        elif time.monotonic() > self._echoes_until:
            end_by(signal.SIGTERM)

    def _begin(self) -> None:
        logger.info("Draining: not ready any more", extra={"delay": self._delay})
        self._timer = self._loop.call_later(self._delay, self.stop_server)
        for callback in self._callbacks:
            self._loop.call_soon(callback)  # one that fails is logged, and takes no other with it

    def cancel(self) -> None:
        if self._timer:
            self._timer.cancel()


@contextmanager
def drain_on_sigterm(draining: Draining) -> Generator[None]:
    """Take SIGTERM before the server does, while the block runs. Outside of the main thread, where
    no server runs, signals stay as they are."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # A handler that belongs to the loop, as granian's, can't be looked up and called. It is that
    # of SIGINT too.
    is_of_loop = asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)
    of_server = signal.getsignal(signal.SIGTERM)

    def stop_server() -> None:
        if is_of_loop:
            signal.raise_signal(signal.SIGINT)
        else:
            signal.signal(signal.SIGTERM, of_server)
            signal.raise_signal(signal.SIGTERM)
            signal.signal(signal.SIGTERM, draining.on_signal)

    signal.signal(signal.SIGTERM, draining.on_signal)
    draining.stop_server = stop_server
    try:
        yield
    finally:
        draining.cancel()
        signal.signal(signal.SIGTERM, of_server)
