"""Applications that take routes which a test adds. One that is served is closed."""

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.types import Scope

from app.chassis.http.document import DocumentedApp
from app.chassis.http.operations import Operation
from app.chassis.http.route_index import RouteIndex


def growing(app: FastAPI) -> FastAPI:
    assert isinstance(app, DocumentedApp)
    app.router.routes = [*app.routes]
    app.index = _Growing(app)
    return app


class _Growing(RouteIndex):
    """Made anew when there are more routes than before."""

    def __init__(self, app: DocumentedApp) -> None:
        self._app = app
        self._known = 0

    def find(self, scope: Scope) -> Operation:
        if len(self._app.routes) != self._known:
            _, *routes = self._app.routes
            super().__init__(iter_route_contexts(routes))
            self._known = len(self._app.routes)
        return super().find(scope)
