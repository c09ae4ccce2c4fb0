"""The settings of the rate limit."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator
from redis.asyncio import ConnectionPool

from ...settings import Group
from .paths import STRICT_PATHS

MEMORY = "memory"
_SERVERS = ("redis://", "rediss://", "valkey://", "valkeys://")

_RATE = re.compile(r"[1-9][0-9]{0,5}/([1-9][0-9]{0,3} )?(second|minute|hour|day)s?")


def _rate(text: str) -> str:
    if not _RATE.fullmatch(text):
        raise ValueError(
            "should be such as 100/minute or 1000/15 minutes: up to 999999, by second, minute,"
            " hour or day"
        )
    return text


def _path(text: str) -> str:
    if not re.fullmatch(r"/[^\s?#*]*", text):
        raise ValueError("should be whole paths such as /api/v1/auth/login, without * and query")
    return text


Rate = Annotated[str, AfterValidator(_rate)]
"""So many requests in so much time: `100/minute`, `1000/15 minutes`."""

Path = Annotated[str, AfterValidator(_path)]


class RateLimitSettings(Group):
    store: SecretStr = SecretStr(MEMORY)
    """Where requests are counted: `memory` for a service of one process, else the URL of a Redis or
    Valkey that all processes share, for example `redis://:password@host:6379/0`."""

    default: Rate = "600/minute"
    """How many requests one caller may send."""

    strict: Rate = "10/minute"
    """How many of them to the strict paths, from one address."""

    strict_paths: list[Path] = Field(default=STRICT_PATHS, max_length=100)
    """Paths that are worth guessing at, as a list."""

    without_store: Literal["allow", "refuse"] = "allow"
    """What happens to requests while the store can't be reached."""

    @field_validator("store")
    @classmethod
    def refuse_other_stores(cls, store: SecretStr) -> SecretStr:
        if not _is_store(store.get_secret_value()):
            raise ValueError(
                "should be memory, or the URL of a Redis or Valkey such as redis://host:6379/0,"
                " with % and two digits for signs in a password"
            )
        return store


def _is_store(url: str) -> bool:
    """Connects to nothing: redis-py reads the URL here, the options when it makes a connection."""
    if url == MEMORY:
        return True
    try:
        parts = urlsplit(url)
        pool = ConnectionPool.from_url(url.replace("valkey", "redis", 1))
        pool.connection_class(**pool.connection_kwargs)
    except (ValueError, TypeError, AttributeError):
        return False
    is_number = re.fullmatch(r"/?[0-9]*", parts.path)
    return url.startswith(_SERVERS) and bool(parts.hostname) and bool(is_number)
