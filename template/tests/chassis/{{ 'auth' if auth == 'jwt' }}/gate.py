"""A hasher that tests can hold up, and a cheap one."""

import threading

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ..waiting import PATIENCE

CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""Not for services: it hashes in no time."""


class Gated(PasswordHash):
    """Ends nothing before its gate is open."""

    def __init__(self) -> None:
        super().__init__(CHEAP.hashers)
        self.gate = threading.Event()
        self.begun = threading.Event()
        self.asked: list[str | bytes] = []
        """The hashes that a password was compared with."""

    def hash(self, password: str | bytes, *, salt: bytes | None = None) -> str:
        self._wait()
        return super().hash(password, salt=salt)

    def verify_and_update(
        self,
        password: str | bytes,  # noqa: ARG002  # no password is right
        hash: str | bytes,  # noqa: A002  # the library calls it so
    ) -> tuple[bool, str | None]:
        self._wait()
        self.asked.append(hash)
        return False, None

    def _wait(self) -> None:
        self.begun.set()
        if not self.gate.wait(PATIENCE):
            self.gate.set()  # for those who wait behind this one
            raise TimeoutError("the gate was not opened")
