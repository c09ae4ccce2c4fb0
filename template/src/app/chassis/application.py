"""The application: everything is wired here and nowhere else."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import iter_route_contexts

from . import errors, logs, middleware
from .api import docs, routes
# {% if auth == 'jwt' %}
from .api.access import guarded
from .api.current_user import with_auth
# {% endif %}
from .api.deps import State
from .api.document import DocumentedApp
from .api.route_index import RouteIndex
from .capabilities import Resources, open_capabilities
from .config import Settings, read_settings
from .db import open_database
from .draining import drain_on_sigterm
from .garbage import rare_collections
from .loop_lag import watch_loop


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build an application; nothing is opened before its lifespan starts."""
    settings = settings or read_settings()
    logs.configure(settings.log.level, settings.log.format)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncGenerator[State]:
        """Open the resources in order; close them in reverse, also when one of them fails to
        open."""
        # Loads what FastAPI's dependencies run on: the first request that writes would wait for it.
        await run_in_threadpool(lambda: None)
        async with AsyncExitStack() as resources:
            resources.enter_context(rare_collections())
            lag = resources.enter_context(watch_loop(settings.log.blocked_loop))
            database = await resources.enter_async_context(open_database(settings.database))
            opened = Resources(settings, database, lag)
            await resources.enter_async_context(open_capabilities(opened))
            # Last, so that who is told to stop before being ready stops at once.
            draining = resources.enter_context(drain_on_sigterm(settings.http.drain_delay))
            state = State(settings=settings, database=database, draining=draining)
            # {% if auth == 'jwt' %}
            state = resources.enter_context(with_auth(state))
            # {% endif %}
            yield state

    app = DocumentedApp(
        title="{{ project_name }}",
        lifespan=lifespan,
        middleware=middleware.build_stack(settings),
        exception_handlers=errors.HANDLERS,
        openapi_url="/openapi.json" if settings.http.docs else None,
        docs_url=None,  # ours needs no other host
        redoc_url=None,
        # Nobody listens: asking at each request who does would cost more than a middleware.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        # It would send clients to whatever host they named.
        redirect_slashes=False,
        refusals=middleware.refusals(),
    )
    if settings.http.docs:
        docs.add_docs(app)
    routers = routes.find_routers()
    # {% if auth == 'jwt' %}
    routers = guarded(routers)
    # {% endif %}
    for router in routers:
        app.include_router(router)
    # This also builds the routes, which FastAPI would do at the first request: better now, where a
    # mistake is noticed.
    app.router.routes.insert(0, RouteIndex(iter_route_contexts(app.routes)))
    return app
