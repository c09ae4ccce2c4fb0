"""Puts an application together: what the chassis serves by itself, and what a service adds."""

from collections.abc import Iterable, Sequence

from fastapi import APIRouter
from fastapi.routing import iter_route_contexts

from . import logs
from .config import ChassisSettings
from .http import docs, health, problems
from .http.document import DocumentedApp
from .http.guard import Closed, include, refuse_unguarded, unguarded
from .http.large_bodies import read_beside_loop
from .http.route_index import RouteIndex
from .lifespan import lifespan_with
from .middleware import Layer, build_stack, compiled_routes, refusals
from .resources import Part


def build_app(  # noqa: PLR0913  # each by its name: the list of contents of a service
    settings: ChassisSettings,
    *,
    title: str,
    distribution: str = "",
    middleware: Sequence[Layer],
    parts: Sequence[Part],
    routers: Iterable[APIRouter],
) -> DocumentedApp:
    """Nothing is opened before its lifespan starts. `distribution` is the name of the project in
    `pyproject.toml`: the OpenAPI document has its version. `middleware` is a list from the
    outermost to the innermost, `parts` one in the order of opening. The process ends with one line
    where a router is behind no rule, or where a route is added to what is returned."""
    logs.configure(settings.log.level, settings.log.format)
    app = DocumentedApp(
        title=title,
        distribution=distribution,
        lifespan=lifespan_with(settings, parts),
        middleware=[
            *build_stack(settings, middleware),
            compiled_routes.build(settings),  # innermost, whatever a service adds
        ],
        exception_handlers=problems.HANDLERS,
        openapi_url=None,  # `docs` serves it
        docs_url=None,  # ours needs no other host
        redoc_url=None,
        # Nobody listens until a part does, in the lifespan: asking at each request who does would
        # cost more than a middleware.
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "auto_configure": False,
        },
        # It would send clients to whatever host they named.
        redirect_slashes=False,
        refusals=refusals(middleware),
    )
    if settings.http.docs:
        docs.add_docs(app)
    for router in (unguarded(health.router), *refuse_unguarded(routers)):
        read_beside_loop(router.routes)
        include(app.router, router)
    # This also builds the routes, which FastAPI would do at the first request: better now, where a
    # mistake is noticed.
    app.index = RouteIndex(iter_route_contexts(app.routes))
    app.router.routes = Closed([app.index, *app.routes])
    return app
