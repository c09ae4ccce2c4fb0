"""The index of routes finds what FastAPI would find, and has the last word."""

from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.types import Message, Receive, Scope, Send

from app.chassis.http.document import DocumentedApp
from app.chassis.http.operations import operation_of
from app.chassis.http.route_index import RouteIndex

from ..running import Running
from ..things.factory import box_body

PATHS = [
    "/things/{thing}",
    "/things/special",
    "/things/{thing}/parts/{part:int}",
    "/{anything}/special",
    "/files/{path:path}",
    "/files/{name}.txt",
    "/",
]


def index_of(paths: list[str]) -> tuple[RouteIndex, FastAPI]:
    router = APIRouter()
    for path in paths:
        router.add_api_route(path, lambda: None, methods=["GET"], name=path)
    app = FastAPI(openapi_url=None)
    app.include_router(router, prefix="/v1")
    return RouteIndex(iter_route_contexts(app.routes)), app


def scope_of(path: str, method: str = "GET", root_path: str = "") -> Scope:
    written = root_path.rstrip("/") + path
    return {"type": "http", "method": method, "path": written, "root_path": root_path}


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
@pytest.mark.parametrize("root_path", ["", "/proxied", "/proxied/"])
def test_of_those_that_match_one_without_parameters_is_found_else_the_first(
    path: str, route: str, parameters: dict[str, Any], root_path: str
) -> None:
    index, _ = index_of(PATHS)

    found = index.find(scope_of(path, root_path=root_path))

    assert found.route == f"/v1{route}"
    assert found.scope
    assert found.scope["path_params"] == parameters


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/v1/thingsx/1", "GET"),
        ("/v1/things", "GET"),
        ("nothing", "GET"),
        ("/v1/things/special\n", "POST"),
        ("/v1/things/1/parts/2\n", "GET"),
        ("/v1/things/1", "POST"),
    ],
)
def test_what_it_does_not_know_is_no_operation(path: str, method: str) -> None:
    index, _ = index_of(PATHS)

    assert index.find(scope_of(path, method)).route is None


@pytest.mark.parametrize("end", ["%0A", "%0D%0A", "%0a%0a", "/", "%2F", "%00", "%20"])
async def test_a_path_with_something_behind_is_another_one(
    client: httpx2.AsyncClient, end: str
) -> None:
    """A pattern's `$` also matches before a line break."""
    for path in ("/api/v1/boxes", "/docs", "/openapi.json", "/health/live"):
        assert (await client.get(f"{path}{end}")).status_code == 404


async def test_a_mounted_application_has_a_scope_of_its_own() -> None:
    """It is below another root, while what stands outside asks for the operation of this one."""
    seen: list[Scope] = []

    async def inner(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope)

    app = DocumentedApp(refusals={}, openapi_url=None)
    app.mount("/files", inner)
    app.index = RouteIndex(iter_route_contexts(app.routes))
    scope = {**scope_of("/files/a.txt", root_path="/proxied"), "app": app}

    await app.index.handle(scope, receive, send)

    assert seen[0]["root_path"] == "/proxied/files"
    assert scope["root_path"] == "/proxied"
    assert operation_of(scope).route == "/files"


async def receive() -> Message:
    raise NotImplementedError


async def send(_: Message) -> None:
    raise NotImplementedError


async def test_a_changed_path_is_asked_for_again(service: Running) -> None:
    """A middleware of yours may send a request elsewhere."""
    scope = {**scope_of("/api/v1/boxes"), "app": service.app}
    assert operation_of(scope).route == "/api/v1/boxes"

    scope["path"] = "/health/live"

    assert operation_of(scope).route == "/health/live"


async def test_links_hold_the_prefix_of_the_service(
    service: Running, client: httpx2.AsyncClient
) -> None:
    app = service.client._transport.app  # type: ignore[attr-defined]
    transport = httpx2.ASGITransport(app=app, root_path="/shop")
    async with httpx2.AsyncClient(transport=transport, base_url=client.base_url) as below:
        made = await below.post("/shop/api/v1/boxes", json=box_body())
        found = await below.get(made.headers["location"])

    assert made.headers["location"].startswith("/shop/api/v1/boxes/")
    assert found.status_code == 200


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
            found = index.find(scope_of(path, method))
            assert found.route == route.path
            assert found.scope
            assert found.scope["route"] is route.original_route
