"""The settings of the rate limit."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from ...settings import Group
from .paths import STRICT_PATHS

MEMORY = "memory"
_SERVERS = ("redis://", "rediss://", "valkey://", "valkeys://")

Rate = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,5}/([1-9][0-9]{0,3} )?(second|minute|hour|day)s?$"),
]
"""So many requests in so much time: `100/minute`, `1000/15 minutes`."""


class RateLimitSettings(Group):
    store: SecretStr = SecretStr(MEMORY)
    """Where requests are counted: `memory` for a service of one process, else the URL of a Redis or
    Valkey that all processes share, for example `redis://:password@host:6379/0`."""

    default: Rate = "600/minute"
    """How many requests one caller may send."""

    strict: Rate = "10/minute"
    """How many of them to the strict paths, from one address."""

    strict_paths: list[str] = Field(default=STRICT_PATHS, max_length=100)
    """Paths that are worth guessing at, as a JSON list."""

    without_store: Literal["allow", "refuse"] = "allow"
    """What happens to requests while the store can't be reached."""

    @field_validator("store")
    @classmethod
    def refuse_other_stores(cls, store: SecretStr) -> SecretStr:
        url = store.get_secret_value()
        if url != MEMORY and not url.startswith(_SERVERS):
            raise ValueError("store is memory or a URL of Redis or Valkey")
        return store
