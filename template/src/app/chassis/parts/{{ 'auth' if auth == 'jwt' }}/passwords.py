"""Passwords: hashed with argon2id, beside the event loop, and never too many at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, Self, TypeVar
from unicodedata import normalize

from pwdlib import PasswordHash

from .errors import TooManyPasswords

Result = TypeVar("Result")

NOBODY = (
    "$argon2id$v=19$m=65536,t=3,p=4"
    "$bm9ib2R5J3Mgc2FsdCEhIQ$bm8gcGFzc3dvcmQgaGFzaGVzIHRvIHRoaXMgdmFsdWU"
)
"""What the password of an unknown user is compared with, so that it costs the same time. It is a
hash in form only: nobody knows a password that would give it."""


class Passwords:
    """Each hash takes 64 MiB and a tenth of a second of all that a core can do. So a few threads of
    their own do it; some callers may wait for them, and the others are told to come again."""

    def __init__(
        self,
        threads: int,
        waiting: int,
        hasher: PasswordHash | None = None,
        nobody: str = NOBODY,
    ) -> None:
        self._hasher = hasher or PasswordHash.recommended()
        self._nobody = nobody
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="passwords")
        self._places = threads + waiting
        self._running: set[Future[Any]] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._threads.shutdown(cancel_futures=True)

    @property
    def busy(self) -> int:
        """How many are hashed or wait for that."""
        return len(self._running)

    async def hash(self, password: str) -> str:
        return await self._run(self._hasher.hash, _canonical(password))

    async def verify(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether it is the right one, and a new hash if the stored one was made with other
        parameters. Without a stored hash it is wrong, at the same cost."""
        verify = self._hasher.verify_and_update
        is_right, new = await self._run(verify, _canonical(password), stored or self._nobody)
        return (is_right and stored is not None, new)

    async def _run(self, work: Callable[..., Result], *arguments: Any) -> Result:
        """Raises `TooManyPasswords` rather than let a queue grow without end."""
        if self.busy >= self._places:
            raise TooManyPasswords
        future = self._threads.submit(work, *arguments)
        # A request that is cancelled leaves its thread at work: the place is free when that ends.
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return await asyncio.wrap_future(future)


def _canonical(password: str) -> str:
    """Keyboards differ in how they write the same letters (NIST SP 800-63B, section 3.1.1.2)."""
    return normalize("NFKC", password)
