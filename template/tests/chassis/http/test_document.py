"""The names in the OpenAPI document, and what it says about the project."""

from email.message import Message
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter, Body

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.http.about import about
from app.chassis.http.guard import unguarded
from app.chassis.schemas.base import Output
from app.chassis.schemas.page import Page

NAME = "some-service-that-is-not-there"


class Box(Output):
    id: UUID


def document_of(settings: ChassisSettings, *routers: APIRouter) -> dict[str, Any]:
    routes = [unguarded(router) for router in routers]
    app = build_app(settings, title="Names", middleware=[], parts=[], routers=routes)
    assert app.openapi() is app.openapi(), "it is made once"
    return app.openapi()


def router_of(tag: str) -> APIRouter:
    router = APIRouter(prefix=f"/{tag}", tags=[tag])

    @router.get("")
    async def list_all() -> Page[Box]:
        raise NotImplementedError

    @router.post("/both")
    async def send_both(name: Annotated[str, Body()], note: Annotated[str, Body()]) -> None:
        raise NotImplementedError

    @router.get("/named", operation_id=f"{tag}Named")
    async def named() -> None:
        raise NotImplementedError

    return router


def names_in(document: dict[str, Any]) -> dict[str, str]:
    found = {path: next(iter(methods.values())) for path, methods in document["paths"].items()}
    return {path: one["operationId"] for path, one in found.items() if "/health/" not in path}


def test_operations_are_called_like_their_functions(settings: ChassisSettings) -> None:
    document = document_of(settings, router_of("boxes"))

    assert names_in(document) == {
        "/boxes": "list_all",
        "/boxes/both": "send_both",
        "/boxes/named": "boxesNamed",
    }
    assert {"BoxPage", "SendBothBody"} <= document["components"]["schemas"].keys()


def test_functions_of_the_same_name_are_told_apart_by_their_tags(
    settings: ChassisSettings,
) -> None:
    document = document_of(settings, router_of("boxes"), router_of("bags"))

    names = names_in(document)
    assert [names[path] for path in ("/boxes", "/bags")] == ["boxes_list_all", "bags_list_all"]
    assert {"BoxesSendBothBody", "BagsSendBothBody"} <= document["components"]["schemas"].keys()


@pytest.mark.parametrize(("prefix", "server"), [("", "/"), ("/shop", "/shop"), ("/shop/", "/shop")])
async def test_the_server_is_below_the_path_of_a_proxy(
    client: httpx2.AsyncClient, prefix: str, server: str
) -> None:
    transport = client._transport
    assert isinstance(transport, httpx2.ASGITransport)
    below = httpx2.ASGITransport(app=transport.app, root_path=prefix)

    async with httpx2.AsyncClient(transport=below, base_url="http://localhost") as caller:
        document = (await caller.get("/openapi.json")).json()

    assert document["servers"] == [{"url": server}]


def installed(folder: Path, **fields: str) -> None:
    message = Message()
    told = {"Metadata-Version": "2.4", "Name": NAME, "Version": "1.2.3", **fields}
    for name, value in told.items():
        message[name.replace("_", "-")] = value
    place = folder / f"{NAME.replace('-', '_')}-1.2.3.dist-info"
    place.mkdir()
    (place / "METADATA").write_text(message.as_string())


def test_the_project_is_what_it_is_installed_as(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    author = "Ada Lovelace <ada@example.org>"
    installed(tmp_path, Summary="Takes orders.", Author_email=author, License_Expression="MIT")

    assert about(NAME) == {
        "version": "1.2.3",
        "description": "Takes orders.",
        "contact": {"name": "Ada Lovelace", "email": "ada@example.org"},
        "license": {"name": "MIT", "identifier": "MIT"},
    }


def test_the_document_says_what_the_project_is(
    settings: ChassisSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    installed(tmp_path)
    options: dict[str, Any] = {"middleware": [], "parts": [], "routers": []}

    app = build_app(settings, title="Mine", distribution=NAME, **options)

    assert app.openapi()["info"] == {"title": "Mine", "version": "1.2.3"}


def test_what_it_does_not_say_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    installed(tmp_path, Author="Ada", License_Expression="LicenseRef-Proprietary")

    assert about(NAME) == {
        "version": "1.2.3",
        "contact": {"name": "Ada"},
        "license": {"name": "Proprietary", "identifier": "LicenseRef-Proprietary"},
    }
    assert about("another-service-that-is-not-there") == about("") == {}
