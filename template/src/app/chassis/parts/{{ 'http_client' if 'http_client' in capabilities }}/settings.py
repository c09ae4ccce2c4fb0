"""The settings of calls to other services. Their prefix is `APP_OUTBOUND_`: that of what is served
is `APP_HTTP_`."""

from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from ...settings import Group

HostName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:_-]{1,253}$", to_lower=True)]

MOST_MEMORY = 1_073_741_824
"""Bytes that the answers of all calls together may take in production."""


class OutboundSettings(Group):
    calls: int = Field(default=100, ge=1, le=10_000)
    """Calls to other services that one process makes at once."""

    connections_per_host: int = Field(default=20, ge=1, le=10_000)
    """Connections of one process to one address of another service."""

    wait: float = Field(default=1.0, ge=0.01, le=60)
    """How long a call may wait for its place among them, in seconds."""

    connect: float = Field(default=1.0, ge=0.05, le=60)
    """How long making a connection may take, in seconds."""

    read: float = Field(default=3.0, ge=0.05, le=600)
    """How long another service may be silent, in seconds."""

    deadline: float = Field(default=8.0, ge=0.05, le=600)
    """How long a call may take in all, waiting and retries included, in seconds. Less than
    `APP_HTTP_DEADLINE`."""

    attempts: int = Field(default=3, ge=1, le=10)
    """How often a call is tried that may be repeated; 1 never repeats one."""

    max_body_size: int = Field(default=1_048_576, ge=0, le=1_073_741_824)
    """Largest answer in bytes, as it is once decompressed."""

    dns_lifetime: int = Field(default=60, ge=0, le=3600)
    """How long an answer of DNS is believed, in seconds."""

    hosts: list[HostName] = Field(default=[], max_length=100)
    """Names that metrics tell apart, as a list; all others are called `other`."""

    proxy_variables: bool = False
    """Whether `HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY` and `~/.netrc` count."""

    @model_validator(mode="after")
    def refuse_what_never_ends_in_time(self) -> Self:
        if max(self.connect, self.read, self.wait) > self.deadline:
            raise ValueError(
                "APP_OUTBOUND_DEADLINE: should be no less than APP_OUTBOUND_WAIT, "
                "APP_OUTBOUND_CONNECT and APP_OUTBOUND_READ"
            )
        return self

    def unsafe(self) -> Iterator[str]:
        """What others send must not be able to fill the memory."""
        if self.calls * self.max_body_size > MOST_MEMORY:
            yield "OUTBOUND_MAX_BODY_SIZE times APP_OUTBOUND_CALLS is more than 1 GiB of memory"
