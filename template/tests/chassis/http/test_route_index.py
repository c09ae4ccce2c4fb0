"""The index of routes finds what FastAPI would find, and leaves the rest to it."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute, Match, Mount, Route

from app.chassis.http.route_index import RouteIndex

from ..running import Running

PATHS = [
    "/things/{thing}",
    "/things/special",
    "/things/{thing}/parts/{part:int}",
    "/{anything}/special",
    "/files/{path:path}",
    "/files/{name}.txt",
    "/",
]


async def nothing(_: Request) -> Response:
    return Response()


def index_of(paths: list[str], behind: Sequence[BaseRoute] = ()) -> tuple[RouteIndex, FastAPI]:
    router = APIRouter()
    for path in paths:
        router.add_api_route(path, lambda: None, methods=["GET"], name=path)
    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix="/v1")
    return RouteIndex(iter_route_contexts(app.routes), behind), app


def scope_of(path: str, method: str = "GET", root_path: str = "") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": root_path + path, "root_path": root_path}


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/v1/things/1", "/things/{thing}", {"thing": "1"}),
        ("/v1/things/special", "/things/special", {}),
        ("/v1/things/1/parts/2", "/things/{thing}/parts/{part:int}", {"thing": "1", "part": 2}),
        ("/v1/others/special", "/{anything}/special", {"anything": "others"}),
        ("/v1/files/a/b.txt", "/files/{path:path}", {"path": "a/b.txt"}),
        ("/v1/", "/", {}),
    ],
)
@pytest.mark.parametrize("root_path", ["", "/proxied"])
def test_of_those_that_match_one_without_parameters_is_found_else_the_first(
    path: str, route: str, parameters: dict[str, Any], root_path: str
) -> None:
    index, _ = index_of(PATHS)

    match, found = index.matches(scope_of(path, root_path=root_path))

    assert match == Match.FULL
    assert found["route"].name == route
    assert found["path_params"] == parameters


@pytest.mark.parametrize(
    ("path", "method"),
    [("/v1/thingsx/1", "GET"), ("/v1/things", "GET"), ("nothing", "GET")],
)
def test_what_it_does_not_know_it_leaves_to_others(path: str, method: str) -> None:
    index, _ = index_of(PATHS)

    assert index.matches(scope_of(path, method))[0] == Match.NONE


@pytest.mark.parametrize(
    ("other", "match"),
    [
        (Route("/v1/things/{thing}", nothing, methods=["POST"]), Match.PARTIAL),
        (Route("/v1/others", nothing, methods=["POST"]), Match.FULL),
        (Mount("/", FastAPI()), Match.FULL),
    ],
    ids=["route", "another path", "pages"],
)
def test_a_method_that_a_path_does_not_take_may_be_one_of_others(
    other: BaseRoute, match: Match
) -> None:
    """Pages that are mounted at `/` take every path, and would say that there is none."""
    index, _ = index_of(PATHS, [other])

    assert index.matches(scope_of("/v1/things/1", "POST"))[0] == match


async def test_a_wrong_method_is_told_all_that_the_path_takes(client: httpx2.AsyncClient) -> None:
    several = await client.put("/api/v1/boxes")
    one = await client.patch("/api/v1/boxes/first", json={})

    assert (several.status_code, several.headers["allow"]) == (405, "GET, POST")
    assert (one.status_code, one.headers["allow"]) == (405, "GET"), "not a box with this id"


async def test_all_operations_go_through_it(service: Running) -> None:
    """Were it empty, all would work as before, but slower with each route."""
    index, *others = service.app.routes
    assert isinstance(index, RouteIndex)

    routes = [c for c in iter_route_contexts(others) if isinstance(c.original_route, APIRoute)]
    assert len(routes) > 5
    for route in routes:
        for method in route.methods or ():
            path = (route.path or "").replace("{", "").replace("}", "")
            match, found = index.matches(scope_of(path, method))
            assert match == Match.FULL
            assert found["route"] is route.original_route
