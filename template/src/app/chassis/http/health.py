"""Probes: is the process alive, and can it serve requests?"""

from fastapi import APIRouter, Response

from ..schemas.health import Health
from .deps import StateDep

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def check_liveness() -> Health:
    """Touches nothing: a database that is down is no reason to restart the service."""
    return Health(status="ok")


@router.get("/ready")
async def check_readiness(state: StateDep) -> Health:
    """Answers 503 while the database doesn't answer in time, before it has been migrated, and from
    SIGTERM on."""
    await state["readiness"].check()
    return Health(status="ok")


@router.head("/live", response_class=Response)
async def check_liveness_by_head() -> None:
    """The status alone."""


@router.head("/ready", response_class=Response)
async def check_readiness_by_head(state: StateDep) -> None:
    """The status alone."""
    await state["readiness"].check()
