"""Rules and routes that don't fit keep the service from starting, with one line."""

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import httpx2
import pytest
from fastapi import FastAPI

from app.chassis.http.guard import guarded
from app.chassis.http.problems import HANDLERS
from app.chassis.refused import REFUSED

ROUTER = """
from fastapi import APIRouter
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


def test_so_does_a_route_that_no_rule_can_guard(
    package: Package, capsys: pytest.CaptureFixture[str]
) -> None:
    mounted = f"{ROUTER}router.routes.append(Mount('/files', app=router))\n"

    line = refusal(capsys, package("some_routes", files=mounted), package("none"))

    assert line.startswith("No rule can guard a Mount /files: ")
