"""Opens what a service holds while it runs, and closes it."""

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from .config import ChassisSettings
from .db import open_database
from .draining import Draining, drain_on_sigterm
from .garbage import rare_collections
from .http.deps import State
from .loop_lag import LoopLag
from .readiness import answering_together
from .resources import Part, Resources

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[Mapping[str, Any]]]


def lifespan_with(settings: ChassisSettings, parts: Sequence[Part]) -> Lifespan:
    """What it yields is the state that requests reach."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[Mapping[str, Any]]:
        """Open the resources in order; close them in reverse, also when one of them fails to
        open."""
        # Loads what FastAPI's dependencies run on: the first request that writes would wait for it.
        await run_in_threadpool(lambda: None)
        draining = Draining(settings.http.drain_delay)
        async with AsyncExitStack() as stack:
            stack.enter_context(rare_collections())
            lag = LoopLag(settings.log.blocked_loop)
            database = await stack.enter_async_context(open_database(settings.database))
            readiness = await stack.enter_async_context(
                answering_together(database.ping, draining, settings.health.timeout)
            )
            state = State(
                settings=settings, database=database, draining=draining, readiness=readiness
            )
            # FastAPI keeps what it was given, and no other name for it.
            resources = Resources(settings, database, lag, draining, app._telemetry)
            await stack.enter_async_context(open_parts(parts, resources, taken=state))
            stack.enter_context(lag.watched())
            # Last, so that who is told to stop before being ready stops at once.
            stack.enter_context(drain_on_sigterm(draining))
            yield {**state, **resources.parts}

    return lifespan


@asynccontextmanager
async def open_parts(
    parts: Sequence[Part], resources: Resources[Any], taken: Mapping[str, Any]
) -> AsyncGenerator[None]:
    """Open them in order, and close them in reverse. Raises `RuntimeError` when one yields a name
    that is `taken`, or that another one yields."""
    async with AsyncExitStack() as stack:
        for part in parts:
            yielded = await stack.enter_async_context(part(resources)) or {}
            if twice := sorted(yielded.keys() & (taken.keys() | resources.parts.keys())):
                raise RuntimeError(f"{part.__module__} yields {twice}, which requests have already")
            resources.parts.update(yielded)
        yield
