"""Large bodies are read beside the loop, and answered as small ones are."""

import asyncio
import json
import sys
import threading
from collections.abc import AsyncGenerator
from typing import Annotated, Any

import pytest
from fastapi import APIRouter
from pydantic import AfterValidator, model_validator

from app.chassis.application import build_app
from app.chassis.config import ChassisSettings
from app.chassis.errors import NotFound
from app.chassis.http.asking_first import RuleDepends
from app.chassis.http.guard import unguarded
from app.chassis.http.large_bodies import DEEPEST, LARGE, MOST_VALUES, _Interruptible
from app.chassis.middleware import body_limit, problems
from app.chassis.schemas.base import Input

from ..running import Running, running
from ..waiting import PATIENCE

validated_in: list[int] = []
"""Threads."""

JSON = {"Content-Type": "application/json"}
LIMIT = 8 * 1024 * 1024


def note_thread(word: str) -> str:
    if word == "bug":
        raise TypeError("a mistake of the validator's own")
    validated_in.append(threading.get_ident())
    return word


def wait_for_loop(word: str) -> str:
    """The loop has to turn while this waits."""
    turned = threading.Event()
    loops[0].call_soon_threadsafe(turned.set)
    assert turned.wait(PATIENCE)
    return word


loops: list[asyncio.AbstractEventLoop] = []


class Body(Input):
    word: Annotated[str, AfterValidator(note_thread)]
    number: float = 0

    @model_validator(mode="before")
    @classmethod
    def require_what_was_sent(cls, data: Any) -> Any:
        """What was validated already isn't validated again."""
        if not isinstance(data, dict | list | str | int | float | None):
            raise TypeError(type(data).__name__)
        return data


class Waiting(Input):
    word: Annotated[str, AfterValidator(wait_for_loop)]


async def refused() -> None:
    raise NotFound


async def echo(body: Body) -> str:
    return body.word


async def echo_two(one: Body, other: Body) -> str:
    return one.word + other.word


async def wait(body: Waiting) -> str:
    return body.word


@pytest.fixture
async def service(settings: ChassisSettings) -> AsyncGenerator[Running]:
    router = APIRouter()
    for route in (echo, echo_two, wait):
        router.post(f"/{route.__name__}", max_body_size=LIMIT)(route)
    router.post("/refused", max_body_size=LIMIT, dependencies=[RuleDepends(refused)])(echo)
    layers = [problems, body_limit]
    app = build_app(settings, title="X", middleware=layers, parts=[], routers=[unguarded(router)])
    async with running(app) as service:
        yield service


async def test_the_loop_turns_while_a_large_body_is_validated(service: Running) -> None:
    loops[:] = [asyncio.get_running_loop()]
    answer = await service.client.post("/wait", json={"word": "x" * LARGE})
    assert answer.status_code == 200


@pytest.mark.parametrize(("size", "is_beside"), [(1, False), (LARGE, True)])
async def test_only_large_bodies_are_read_beside_the_loop(
    service: Running, size: int, is_beside: bool
) -> None:
    validated_in.clear()
    answer = await service.client.post("/echo", json={"word": "x" * size})
    assert answer.json() == "x" * size
    assert [thread != threading.get_ident() for thread in validated_in] == [is_beside]


def test_other_threads_may_have_their_turn_at_every_value() -> None:
    """Python gives another thread its turn where it calls a function that is written in Python."""
    calls = 0

    def count(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    text = json.dumps([[], {}, "a", 1, None, {"b": [True] * 100}] * 100)
    sys.setprofile(count)
    try:
        found = json.loads(text, cls=_Interruptible)
    finally:
        sys.setprofile(None)
    assert found == json.loads(text)
    assert calls > 106 * 100


SAME = {
    "right": b'{"word": "a"}',
    "a bug": b'{"word": "bug"}',
    "two of a name": b'{"word": "a", "word": "b"}',
    "a mark of the byte order": b'\xef\xbb\xbf{"word": "a"}',
    "UTF-16": '{"word": "\u00e9"}'.encode("utf-16-le"),
    "no JSON": b'{"word": nonsense}',
    "a part of JSON": b'{"word": "a"',
    "more than JSON": b'{"word": "a"} 5',
    "a comma too many": b'{"word": "a",}',
    "nothing": b" ",
    "a control character": b'{"word": "\x01"}',
    "no UTF-8": b'{"word": "\xff"}',
    "half a pair": b'{"word": "\\ud800"}',
    "no number": b'{"word": "a", "number": NaN}',
    "endless": b'{"word": "a", "number": -Infinity}',
    "a number of many digits": b'{"word": "a", "number": ' + b"9" * 5_000 + b"}",
    "many lists within each other": b"[" * 100_000,
    "a text of brackets that does not end": b'{"word": "' + b"[" * 1_000,
    "one that ends in an escape": b'{"word": "' + b"[" * 1_000 + b"\\",
    "a list": b"[1]",
    "a word": b'"a"',
    "null": b"null",
    "a field too many": b'{"word": "a", "x": 1}',
    "many fields": json.dumps({"word": "a"} | {str(n): n for n in range(200)}).encode(),
    "a field too few": b"{}",
    "another type": b'{"word": []}',
}


@pytest.mark.parametrize("path", ["/echo", "/echo_two"])
@pytest.mark.parametrize("body", SAME.values(), ids=SAME.keys())
async def test_large_bodies_are_answered_as_small_ones_are(
    service: Running, path: str, body: bytes
) -> None:
    space = " ".encode("utf-16-le" if b"\0" in body else "utf-8")
    small = await service.client.post(path, content=body, headers=JSON)
    large = await service.client.post(path, content=body + space * LARGE, headers=JSON)
    assert small.status_code in {200, 400, 422, 500}
    assert large.status_code == small.status_code
    assert without_ends(large.json()) == without_ends(small.json())


def without_ends(answer: Any) -> Any:
    """Where a text ended too soon is told by its length."""
    for mistake in answer.get("errors", ()) if isinstance(answer, dict) else ():
        if mistake["type"] == "json_invalid":
            mistake["loc"].pop()
    return answer


def within(levels: int) -> bytes:
    return b'{"word": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize("more", [b"", b" " * LARGE], ids=["small", "large"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (within(DEEPEST + 1), 400),
        (within(DEEPEST), 422),
        (b"[" + b",".join([b"[{}]"] * DEEPEST * 2) + b"]", 422),
        (b'{"word": "' + rb"[{[{\"[" * DEEPEST + b'"}', 200),
    ],
    ids=["too deep", "deep", "many beside each other", "in a text"],
)
async def test_lists_and_objects_are_so_deep_within_each_other_at_most(
    service: Running, body: bytes, status: int, more: bytes
) -> None:
    answer = await service.client.post("/echo", content=body + more, headers=JSON)
    assert answer.status_code == status
    assert (f"more than {DEEPEST} deep" in answer.text) == (status == 400)


async def test_several_bodies_are_read_from_a_large_one(service: Running) -> None:
    body = {"one": {"word": "x" * LARGE}, "other": {"word": "y"}}
    answer = await service.client.post("/echo_two", json=body)
    assert answer.json() == "x" * LARGE + "y"


async def test_a_large_body_holds_a_bounded_number_of_values(service: Running) -> None:
    answer = await service.client.post(
        "/echo", content=b"[" + b"1," * MOST_VALUES + b"1]", headers=JSON
    )
    assert answer.status_code == 413
    assert "500000 values" in answer.json()["detail"]


async def test_who_may_not_send_a_large_body_is_told_that(service: Running) -> None:
    """The limit of all other routes is smaller than that of this one."""
    answer = await service.client.post("/refused", content=b" " * 2 * 1024 * 1024, headers=JSON)
    assert answer.status_code == 404
