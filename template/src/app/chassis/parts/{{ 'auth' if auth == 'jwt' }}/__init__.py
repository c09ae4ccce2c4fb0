"""Passwords and tokens, without HTTP and without a database."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from .passwords import Passwords
from .settings import AuthSettings
from .tokens import AccessTokens


@dataclass(frozen=True)
class Auth:
    """What one process needs to let users in. Made in the lifespan, by `open_auth`."""

    settings: AuthSettings
    passwords: Passwords
    access_tokens: AccessTokens


@contextmanager
def open_auth(settings: AuthSettings) -> Generator[Auth]:
    with Passwords(settings.hashing_threads, settings.hashing_queue) as passwords:
        yield Auth(settings, passwords, AccessTokens(settings))
