"""How a process ends that is told to by a signal."""

import os
import signal
from typing import NoReturn


def end_by(number: int, *_: object) -> NoReturn:
    """At once, as that signal ends a process by itself. Process 1 of a container is spared by the
    kernel (pid_namespaces(7)): it ends with the exit code that shells make of such an end."""
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    signal.raise_signal(number)
    os._exit(128 + number)
