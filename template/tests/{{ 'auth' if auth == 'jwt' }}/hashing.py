"""A service whose password hashing tests can hold up."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.chassis.parts.auth.passwords import Passwords

from ..chassis.auth.gate import Gated
from ..chassis.running import Running
from ..resources.accounts import auth_of


@contextmanager
def hashing_with(hasher: Gated, service: Running) -> Generator[None]:
    """It hashes one password at a time, lets none wait, and ends when the gate opens."""
    with (
        Passwords(threads=1, waiting=0, hasher=hasher) as passwords,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setitem(service.state, "auth", replace(auth_of(service), passwords=passwords))
        try:
            yield
        finally:
            hasher.gate.set()
