"""Routes that are compiled answer as FastAPI does, in the same order, and step aside for whoever
wants to see how FastAPI runs them."""

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import anyio
import httpx2
import pytest
from fastapi import APIRouter, BackgroundTasks, Depends, Header, Query, Request, Response, routing
from fastapi.requests import HTTPConnection
from fastapi.responses import PlainTextResponse
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import Receive, Scope, Send

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.errors import Conflict, NotFound
from app.chassis.http.document import DocumentedApp
from app.chassis.http.guard import unguarded
from app.chassis.middleware import compiled_routes

from ..fixtures import PROVEN
from ..running import running

noted: list[str] = []
"""What happened, in its order."""


class Word(BaseModel):
    word: str
    count: int = 1


class Page(BaseModel, extra="forbid"):
    limit: int = 10
    named: str | None = None


class Loose(BaseModel, extra="allow"):
    limit: int = 10


class Bearer(HTTPBearer):
    async def __call__(self, _: HTTPConnection) -> None:
        noted.append("bearer")


async def signed_in(request: Request, _: Annotated[None, Depends(Bearer())]) -> str:
    noted.append("signed in")
    if "authorization" not in request.headers:
        raise HTTPException(401, "Who are you?")
    return "Ada"


async def opened(number: int = 0) -> AsyncGenerator[int]:
    noted.append("opened")
    try:
        yield number
    except Exception as error:
        noted.append(f"failed with {type(error).__name__}")
        if number == 1:
            raise NotFound from error
        raise
    finally:
        await asyncio.sleep(0)
        noted.append("closed")
    if number == 2:
        raise Conflict
    if number == 3:
        raise HTTPException(418, "closing failed")
    if number == 4:
        raise ExceptionGroup("both", [NotFound(), Conflict()])


async def swallowing() -> AsyncGenerator[int]:
    with suppress(Conflict):
        yield 1  # noqa: ASYNC119  # as an owner might write it


async def checked(limit: Annotated[int, Query(ge=5)] = 5) -> int:
    noted.append("checked")
    return limit


SignedIn = Annotated[str, Depends(signed_in)]
Opened = Annotated[int, Depends(opened, scope="function")]
Checked = Annotated[int, Depends(checked)]
Swallowing = Annotated[int, Depends(swallowing, scope="function")]


async def after(what: str) -> None:
    noted.append(what)


router = APIRouter()


@router.post("/order/{item}")
async def order(item: int, new: Word, who: SignedIn, again: SignedIn, limit: Checked) -> Word:
    noted.append("ran")
    return Word(word=f"{who} {again} {item} {limit} {new.word}")


@router.post("/opened")
async def use(value: Opened, fails: str = "") -> Word:
    noted.append("ran")
    if fails:
        raise {"conflict": Conflict(), "value": ValueError(), "http": HTTPException(409)}[fails]
    return Word(word=str(value))


@router.get("/swallowed")
async def swallowed(_: Swallowing) -> Word:
    raise Conflict


@router.get("/pages")
async def pages(page: Annotated[Page, Query()]) -> Page:
    return page


@router.get("/loose")
async def loose(page: Annotated[Loose, Query()]) -> Loose:
    return page


@router.get("/told")
async def told(response: Response, status: int = 200) -> Word:
    response.status_code = status
    response.headers["x-told"] = "1"
    response.set_cookie("told", "2")
    return Word(word="told")


@router.delete("/gone", status_code=204)
async def gone() -> None:
    noted.append("ran")


@router.get("/later")
async def later(tasks: BackgroundTasks, value: Opened) -> Word:
    tasks.add_task(after, "task")
    return Word(word=str(value))


@router.get("/own")
async def own(tasks: BackgroundTasks) -> Word:
    tasks.add_task(after, "task")
    return PlainTextResponse("mine", 202)  # type: ignore[return-value]


@router.get("/wrong")
async def wrong() -> Word:
    return {"word": 1}  # type: ignore[return-value]


@router.get("/where/{word}")
async def where(request: Request, word: str) -> dict[str, str]:
    return {"url": str(request.url_for("pages")), "route": request.scope["route"].path} | (
        request.path_params | {"endpoint": request.scope["endpoint"].__name__, "again": word}
    )


COMPILED = {route.path for route in router.routes if isinstance(route, APIRoute)}


class _Route(APIRoute):
    """A class of its own may do anything."""


def _add_others() -> None:
    """One for each thing that is left to FastAPI."""

    async def word() -> Word:
        return Word(word="plain")

    async def with_header(x_word: Annotated[str, Header()] = "") -> Word:
        return Word(word=x_word)

    async def of_request(value: Annotated[int, Depends(opened)]) -> Word:
        return Word(word=str(value))

    async def uncached(value: Annotated[str, Depends(signed_in, use_cache=False)]) -> Word:
        return Word(word=value)

    async def of_thread(value: Annotated[Page, Depends(Page)]) -> Word:
        return Word(word=str(value.limit))

    async def two(one: Word, other: Word) -> Word:
        return one if one.count else other

    @functools.wraps(word)
    async def wrapped() -> Word:
        return await word()

    def in_thread() -> Word:
        return Word(word="thread")

    for endpoint in (with_header, of_request, uncached, of_thread, wrapped, in_thread):
        router.add_api_route(f"/other/{endpoint.__name__}", endpoint)
    router.add_api_route("/other/two", two, methods=["POST"])
    options: dict[str, dict[str, Any]] = {
        "class": {"response_class": PlainTextResponse},
        "excluded": {"response_model_exclude": {"count"}},
        "unset": {"response_model_exclude_unset": True},
        "any": {"response_model": None},
        "limited": {"max_body_size": 10},
        "callbacks": {"callbacks": [APIRoute("/", word)]},
        "kind": {"route_class_override": _Route},
    }
    for name, option in options.items():
        router.add_api_route(f"/other/{name}", word, **option)


_add_others()


@contextmanager
def quiet() -> Iterator[None]:
    """What a route fails with is logged."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def app_of(settings: ChassisSettings, *, is_compiled: bool = True) -> DocumentedApp:
    http = settings.http.model_copy(update={"compiled_routes": is_compiled})
    own = settings.model_copy(update={"http": http})
    return build_app(own, title="X", middleware=[], parts=[], routers=[unguarded(router)])


async def both(settings: ChassisSettings, method: str, path: str, **given: Any) -> list[str]:
    """What both ways answered and did."""
    found = []
    for is_compiled in (True, False):
        noted.clear()
        async with running(app_of(settings, is_compiled=is_compiled)) as service:
            transport = httpx2.ASGITransport(service.client._transport.app, False)  # type: ignore[attr-defined]
            async with httpx2.AsyncClient(transport=transport, base_url="http://test") as client:
                with quiet():
                    answer = await client.request(method, path, **given)
        found.append(f"{answer.status_code} {answer.headers.raw} {answer.text} {noted}")
    return found


JSON = {"content-type": "application/json"}
ADA = {"authorization": "Bearer ada"}


@pytest.mark.parametrize(
    ("method", "path", "given"),
    [
        ("POST", "/order/1", {"json": {"word": "x"}, "headers": ADA}),
        ("POST", "/order/1", {"json": {}}),
        ("POST", "/order/x?limit=1", {"json": {"count": "x"}, "headers": ADA}),
        ("POST", "/order/x?limit=1", {"content": b"", "headers": ADA}),
        ("POST", "/order/1", {"content": b"{", "headers": JSON}),
        ("POST", "/order/1", {"content": b"\xff", "headers": JSON | ADA}),
        ("POST", "/order/1", {"content": b'{"word": "x"}', "headers": ADA}),
        ("POST", "/order/1", {"content": b"{}", "headers": ADA | {"content-type": "a/b+json"}}),
        (
            "POST",
            "/order/1",
            {"content": b'{"word":"x"}', "headers": ADA | {"content-type": "application/a+json"}},
        ),
        ("POST", "/order/1", {"data": {"word": "x"}, "headers": ADA}),
        ("GET", "/order/1", {}),
        ("POST", "/opened?number=9", {}),
        ("POST", "/opened?number=x", {}),
        ("POST", "/opened?fails=conflict", {}),
        ("POST", "/opened?fails=http", {}),
        ("POST", "/opened?fails=value", {}),
        ("POST", "/opened?fails=value&number=1", {}),
        ("POST", "/opened?number=2", {}),
        ("POST", "/opened?number=3", {}),
        ("POST", "/opened?number=4", {}),
        ("GET", "/swallowed", {}),
        ("GET", "/pages", {}),
        ("GET", "/pages?limit=3&named=a+b%20%26", {}),
        ("GET", "/pages?limit=3&limit=4", {}),
        ("GET", "/pages?limit=&x=1&y=2&x=3", {}),
        ("GET", "/pages?limit", {}),
        ("GET", "/loose?x=1&limit=3&y=2&x=3", {}),
        ("GET", "/told", {}),
        ("GET", "/told?status=203", {}),
        ("GET", "/told?status=204", {}),
        ("GET", "/told?status=205", {}),
        ("GET", "/told?status=304", {}),
        ("DELETE", "/gone", {}),
        ("GET", "/later?number=5", {}),
        ("GET", "/later?number=2", {}),
        ("GET", "/own", {}),
        ("GET", "/wrong", {}),
        ("GET", "/where/a%20b", {}),
        ("GET", "/nowhere", {}),
    ],
)
async def test_both_ways_answer_the_same_and_do_the_same(
    settings: ChassisSettings, method: str, path: str, given: dict[str, Any]
) -> None:
    compiled, plain = await both(settings, method, path, **given)

    assert compiled == plain


def test_what_is_known_is_compiled_and_all_else_is_left_to_fastapi(
    settings: ChassisSettings,
) -> None:
    candidates = [route for found in app_of(settings).index._candidates.values() for route in found]

    known = {route.template for route in candidates if route.compiled}
    assert known - {"/health/live", "/health/ready"} == COMPILED


class _Wrapped:
    """As `wrapt` has it: it looks like the function that it is around."""

    def __init__(self, function: Any) -> None:
        self.function = function

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self.function(*args, **named)


def by_wraps(function: Any) -> Any:
    @functools.wraps(function)
    def patched(*args: Any, **named: Any) -> Any:
        return function(*args, **named)

    return patched


async def steps_aside(app: DocumentedApp, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is told about it, in two requests."""
    compiled_routes._tell.cache_clear()
    caplog.clear()
    async with running(app) as service:
        for _ in range(2):
            assert (await service.client.get("/pages")).status_code == 200
    return [r.getMessage() for r in caplog.records if r.name == compiled_routes.__name__]


def test_the_installed_fastapi_is_proven() -> None:
    """Here and in `tests/chassis/yours` it is taken for proven: when all of that passes, add it."""
    assert compiled_routes.INSTALLED in PROVEN


async def test_nothing_is_told_when_nothing_speaks_against_it(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    assert await steps_aside(app_of(settings), caplog) == []


PLACES = [
    (routing, "get_request_handler"),
    (routing, "run_endpoint_function"),
    (routing, "solve_dependencies"),
    (routing, "serialize_response"),
    (APIRoute, "handle"),
    (ExceptionMiddleware, "__call__"),
]


@pytest.fixture(params=PLACES, ids=lambda place: place[1])
def patched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    def patch(by: Callable[[Any], Any]) -> str:
        owner, name = request.param
        monkeypatch.setattr(owner, name, by(getattr(owner, name)))
        return str(name)

    return patch


async def test_it_steps_aside_for_an_instrument(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture, patched: Callable[..., str]
) -> None:
    name = patched(by_wraps)

    (told,) = await steps_aside(app_of(settings), caplog)
    assert name in told


async def test_it_steps_aside_for_what_looks_like_the_function_in_its_place(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routing, "serialize_response", _Wrapped(routing.serialize_response))

    (told,) = await steps_aside(app_of(settings), caplog)
    assert "serialize_response" in told


async def test_it_steps_aside_for_a_version_that_was_not_proven(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiled_routes, "PROVEN", frozenset())

    (told,) = await steps_aside(app_of(settings), caplog)
    assert compiled_routes.INSTALLED in told


async def test_it_steps_aside_when_the_settings_say_so(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    (told,) = await steps_aside(app_of(settings, is_compiled=False), caplog)
    assert "APP_HTTP_COMPILED_ROUTES" in told


async def test_a_dependency_may_be_overridden_at_any_time(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of(settings)
    async with running(app) as service:
        before = await service.client.post("/order/1", json={"word": "x"})
        app.dependency_overrides[signed_in] = lambda: "Grace"
        overridden = await service.client.post("/order/1", json={"word": "x"})

    assert (before.status_code, overridden.json()["word"]) == (401, "Grace Grace 1 5 x")
    (told,) = await steps_aside(app, caplog)
    assert "overridden" in told


async def test_fastapis_telemetry_sees_all_routes(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    app = app_of(settings)
    inner = app.build_middleware_stack()

    async def traced(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "fastapi.telemetry": object()}, receive, send)

    app.middleware_stack = traced
    (told,) = await steps_aside(app, caplog)
    assert "telemetry" in told


@pytest.mark.parametrize("is_compiled", [True, False])
async def test_the_end_of_what_is_open_is_not_cancelled_by_a_scope_around_the_request(
    settings: ChassisSettings, is_compiled: bool
) -> None:
    """Such as that of a client who hangs up."""
    noted.clear()
    app = app_of(settings, is_compiled=is_compiled)
    async with running(app) as service:
        inner = app.middleware_stack
        assert inner is not None

        async def cancelled(scope: Scope, receive: Receive, send: Send) -> None:
            with anyio.CancelScope() as around:
                noted.append("begun")
                around.cancel()
                await inner(scope, receive, send)

        app.middleware_stack = cancelled
        with pytest.raises(AssertionError):  # there is no answer
            await service.client.post("/opened")

    assert noted == ["begun", "opened", "ran", "closed"]
