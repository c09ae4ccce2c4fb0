"""Probes: is the process alive, and can it serve requests?"""

import asyncio

from fastapi import APIRouter

from ..errors import NotReady, ServiceError
from ..schemas.health import Health
from .deps import StateDep

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def check_liveness() -> Health:
    """Touches nothing: a database that is down is no reason to restart the service."""
    return Health(status="ok")


@router.get("/ready")
async def check_readiness(state: StateDep) -> Health:
    """Answers 503 while the database doesn't answer in time, and from SIGTERM on."""
    if state["draining"].begun:
        raise NotReady("The service is draining: it stops soon.")
    try:
        async with asyncio.timeout(state["settings"].health.timeout):
            await state["database"].ping()
    except (ServiceError, TimeoutError) as error:
        raise NotReady("The database does not answer.") from error
    return Health(status="ok")
