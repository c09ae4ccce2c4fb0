"""What is open when a part is opened, and what a part is."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Generic

from fastapi.telemetry import TelemetryConfig

from .config import AnySettings
from .db.database import Database
from .draining import Draining
from .loop_lag import LoopLag


@dataclass(frozen=True)
class Resources(Generic[AnySettings]):
    settings: AnySettings
    database: Database
    loop_lag: LoopLag
    draining: Draining
    telemetry: TelemetryConfig = field(default_factory=TelemetryConfig)
    """What FastAPI tells of requests, and whom: it reads this at each. Nobody listens by itself."""
    parts: dict[str, Any] = field(default_factory=dict)
    """What the parts that were opened before this one yielded, by name."""


Opened = AbstractAsyncContextManager[Mapping[str, Any] | None]
"""What requests can reach through `request.state`, by name; or nothing."""

Part = Callable[[Resources[Any]], Opened]
"""`lifespan.opened` of a package."""
