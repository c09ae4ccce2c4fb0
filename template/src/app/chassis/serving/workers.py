"""Several processes that serve, and the first one, which looks after them."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial

from ..refused import REFUSED
from ..signals import end_by

logger = logging.getLogger(__name__)

Tell = Callable[[], object]

STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
HEARD = {*STOPPING, signal.SIGCHLD}


def forked(count: int, stop_listening: Callable[[], None]) -> Tell:
    """Returns in each worker, with what it calls once it serves. The first process never returns:
    it ends when all workers have, by the signal that ended them, or with the exit code of a start
    that failed.

    It passes each signal on. A worker that ends before it has served ends all, since another one
    would fare no better; one that ends later is replaced.
    """
    return _First(stop_listening).look_after(count)


class _First:
    def __init__(self, stop_listening: Callable[[], None]) -> None:
        self._stop_listening = stop_listening
        self._workers: dict[int, int] = {}
        """By id, where each tells that it serves."""
        self._signal: int | None = None
        self._failed = 0

    def look_after(self, count: int) -> Tell:
        # Blocked, signals wait until they are asked for; so do those to a worker that just begins.
        signal.pthread_sigmask(signal.SIG_BLOCK, HEARD)
        # Elsewhere than on Linux, one that nobody handles would not wait.
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for _ in range(count):
            if tell := self._start():
                return tell
        while self._workers:
            number = signal.sigwait(HEARD)
            if number != signal.SIGCHLD:
                self._signal = self._signal or number
                self._stop()
            elif tell := self._replace_ended():
                return tell
        if self._signal and not self._failed:
            end_by(self._signal)
        sys.exit(self._failed)

    def _start(self) -> Tell | None:
        """What a worker tells by, in the worker."""
        told, telling = os.pipe()
        if worker := os.fork():
            os.close(telling)
            self._workers[worker] = told
            logger.info("Started a worker", extra={"worker": worker})
            return None
        os.close(told)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, HEARD)
        return partial(os.write, telling, b"!")

    def _stop(self) -> None:
        self._stop_listening()
        for worker in self._workers:
            os.kill(worker, signal.SIGTERM)

    def _replace_ended(self) -> Tell | None:
        """Process 1 hears of strangers as well, whose parents have gone."""
        while self._workers:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if not ended:
                break
            if (told := self._workers.pop(ended, None)) is None:
                continue
            has_served = os.read(told, 1)
            os.close(told)
            if self._signal or self._failed:
                continue
            code = os.waitstatus_to_exitcode(status)
            if has_served:
                logger.error("A worker has ended; another takes its place", extra={"code": code})
                if tell := self._start():
                    return tell
            else:
                logger.error("A worker has ended before it served", extra={"code": code})
                self._failed = code if code > 0 else REFUSED
                self._stop()
        return None
