"""Probes over HTTP."""

from typing import Literal

from .base import Output


class Health(Output):
    status: Literal["ok"]
