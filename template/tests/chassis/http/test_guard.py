"""Rules and routes that don't fit keep the service from starting, with one line."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from starlette.routing import Mount

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.http.guard import guarded, unguarded
from app.chassis.http.problems import HANDLERS
from app.chassis.refused import REFUSED

from ..knocking import knock
from ..running import running

DENIED = "websocket.http.response.start"
ROUTER = """
from fastapi import APIRouter, Response, WebSocket
from starlette.routing import Mount

router = APIRouter()
"""
THINGS = f"""{ROUTER}
@router.get('/things')
async def read() -> None: ...
"""
RULE = """
from app.chassis.errors import NotFound

async def nobody() -> None:
    raise NotFound
"""

Package = Callable[..., ModuleType]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Package:
    """Makes one of modules, given by their names."""
    monkeypatch.syspath_prepend(tmp_path)

    def make(name: str, **modules: str) -> ModuleType:
        (tmp_path / name).mkdir()
        for module, text in {"__init__": "", **modules}.items():
            (tmp_path / name / f"{module}.py").write_text(text)
            monkeypatch.delitem(sys.modules, f"{name}.{module}", raising=False)
        monkeypatch.delitem(sys.modules, name, raising=False)
        return __import__(name)

    return make


def rules(**lines: str) -> str:
    pairs = ", ".join(f"({operation!r}, {rule})" for operation, rule in lines.items())
    return f"{RULE}\nRULES = dict([{pairs}])\n"


async def status(routes: ModuleType, rules: ModuleType | None) -> int:
    """Of a request for the things."""
    app = FastAPI(exception_handlers=HANDLERS)
    for router in guarded(routes, rules):
        app.include_router(router)
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return (await client.get("/things")).status_code


async def test_a_route_is_behind_its_rule(package: Package) -> None:
    routes = package("some_routes", things=THINGS)

    shut = package("shut", things=rules(**{"GET /things": "nobody"}))
    opened = package("opened", things=rules(**{"GET /things": "None"}))

    assert await status(routes, shut) == 404
    assert await status(routes, opened) == 200
    assert await status(routes, None) == 200, "nobody signs in"


def refusal(
    capsys: pytest.CaptureFixture[str], routes: ModuleType, rules: ModuleType | None
) -> str:
    with pytest.raises(SystemExit) as refused:
        list(guarded(routes, rules))
    assert refused.value.code == REFUSED
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_a_route_without_a_rule_keeps_the_service_from_starting(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    line = refusal(capsys, package("some_routes", things=THINGS), package("none"))

    assert line.endswith('Add to none: "GET /things": users')


@pytest.mark.parametrize(
    ("modules", "said"),
    [
        (
            {"a": rules(**{"GET /things": "None", "GET /thing": "None"})},
            "There are rules for operations that don't exist: GET /thing",
        ),
        (
            {name: rules(**{"GET /things": "None"}) for name in ("a", "b")},
            "some_rules.b has a second rule for GET /things",
        ),
    ],
    ids=["for no operation", "twice"],
)
def test_so_does_a_rule_too_many(
    package: Package, capsys: pytest.CaptureFixture[str], modules: dict[str, str], said: str
) -> None:
    routes = package("some_routes", things=THINGS)

    assert refusal(capsys, routes, package("some_rules", **modules)) == said


MOUNT = f"{ROUTER}router.routes.append(Mount('/files', app=router))\n"
ADDED = f"{ROUTER}router.add_route('/raw', lambda request: Response())\n"
SOCKET = f"""{ROUTER}
@router.websocket('/feed')
async def feed(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()
"""
PAGES = f"{ROUTER}router.frontend('/', directory='.')\n"


@pytest.mark.parametrize(
    ("modules", "line"),
    [
        (MOUNT, '"MOUNT /files": everybody'),
        (ADDED, '"GET /raw": everybody, "HEAD /raw": everybody'),
        (SOCKET, '"WEBSOCKET /feed": users'),
        (PAGES, "No rule can guard a frontend: mount StaticFiles instead"),
    ],
    ids=["mount", "add_route", "websocket", "frontend"],
)
def test_so_does_every_other_kind_of_route(
    package: Package, capsys: pytest.CaptureFixture[str], modules: str, line: str
) -> None:
    assert refusal(capsys, package("some_routes", files=modules), package("none")).endswith(line)


@pytest.mark.parametrize(
    ("modules", "operation"), [(MOUNT, "MOUNT /files"), (ADDED, "GET /raw")], ids=str
)
def test_what_no_rule_can_guard_may_only_be_opened(
    package: Package, capsys: pytest.CaptureFixture[str], modules: str, operation: str
) -> None:
    lines = {operation: "None", **({"HEAD /raw": "None"} if modules is ADDED else {})}
    routes = package("some_routes", files=modules)

    line = refusal(capsys, routes, package("shut", a=rules(**lines | {operation: "nobody"})))

    assert f'"{operation}": everybody' in line
    assert len(list(guarded(routes, package("opened", a=rules(**lines))))) == 1


async def test_pages_at_the_root_leave_all_else_as_it_is(
    package: Package, settings: ChassisSettings, tmp_path: Path
) -> None:
    """Opened by a line of the rules, or where there are none."""
    (tmp_path / "index.html").write_text("a page")
    mounted = f"Mount('/', StaticFiles(directory={str(tmp_path)!r}, html=True))"
    pages = f"{ROUTER}from starlette.staticfiles import StaticFiles\nrouter.routes += [{mounted}]\n"
    routes = package("some_routes", things=THINGS, pages=pages)
    lines = {"GET /things": "None", "MOUNT /": "None"}
    by_rule = [*guarded(routes, package("some_rules", a=rules(**lines)))]
    by_hand = [*guarded(routes, None)]

    for routers in (by_rule, by_hand):
        app = build_app(settings, title="Pages", middleware=[], parts=[], routers=routers)
        async with running(app) as service:
            answers = [await service.client.get(path) for path in ("/", "/things", "/nowhere")]
        assert [answer.status_code for answer in answers] == [200, 200, 404]
        assert answers[0].text == "a page"


@pytest.mark.parametrize(("rule", "kind"), [("None", "websocket.accept"), ("nobody", DENIED)])
async def test_a_websocket_is_behind_its_rule(
    package: Package, settings: ChassisSettings, rule: str, kind: str
) -> None:
    routes = package("some_routes", feed=SOCKET)
    routers = guarded(routes, package("some_rules", feed=rules(**{"WEBSOCKET /feed": rule})))
    app = build_app(settings, title="Feed", middleware=[], parts=[], routers=routers)

    async with running(app) as service:
        first, *_ = await knock(service, "/feed")
        (closed,) = (await knock(service, "/feed", extensions={}))[:1]
        (unknown,) = await knock(service, "/nowhere")

    assert first["type"] == kind
    assert first.get("status", 404) == 404
    assert closed["type"] == ("websocket.close" if kind == DENIED else "websocket.accept")
    assert unknown["type"] == "websocket.close"


async def answer(_: Any) -> None: ...


def added_later(app: FastAPI) -> Iterator[tuple[str, Callable[[], object]]]:
    router = APIRouter(routes=[Mount("/files", app=APIRouter())])
    yield "MOUNT /files", lambda: app.mount("/files", router)
    yield "MOUNT /files", lambda: app.include_router(router)
    yield "GET /raw", lambda: app.router.add_route("/raw", answer)  # type: ignore[arg-type]
    yield "GET /raw", lambda: app.add_api_route("/raw", answer, response_model=None)
    yield "WEBSOCKET /feed", lambda: app.add_api_websocket_route("/feed", answer)
    yield "WEBSOCKET /feed", lambda: app.router.add_websocket_route("/feed", answer)
    yield "HOST example.org", lambda: app.host("example.org", router)
    yield "MOUNT /files", lambda: app.router.routes.insert(0, router.routes[0])
    yield "MOUNT /files", lambda: app.router.routes.extend(router.routes)


def test_nothing_is_added_to_an_application_that_is_complete(
    settings: ChassisSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    app = build_app(settings, title="Closed", middleware=[], parts=[], routers=[])
    for name, add in added_later(app):
        with pytest.raises(SystemExit) as refused:
            add()
        assert refused.value.code == REFUSED
        (line,) = capsys.readouterr().err.splitlines()
        assert name in line
        assert "`api.routes`" in line


async def test_what_gets_in_nevertheless_is_not_served(settings: ChassisSettings) -> None:
    """The index has the last word."""
    late = APIRouter()
    app = build_app(settings, title="Late", middleware=[], parts=[], routers=[unguarded(late)])
    late.add_api_route("/late", lambda: None)
    app.frontend("/", directory=".")

    async with running(app) as service:
        for path in ("/late", "/README.md", "/pyproject.toml"):
            assert (await service.client.get(path)).status_code == 404


def test_a_router_without_rules_keeps_the_service_from_starting(
    settings: ChassisSettings, capsys: pytest.CaptureFixture[str]
) -> None:
    router = APIRouter()
    router.add_api_route("/things", lambda: None)

    with pytest.raises(SystemExit) as refused:
        build_app(settings, title="Open", middleware=[], parts=[], routers=[router])

    assert refused.value.code == REFUSED
    assert capsys.readouterr().err.startswith("No rule guards GET /things: ")
