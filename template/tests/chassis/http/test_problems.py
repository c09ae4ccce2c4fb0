"""Every error has one form, whoever raised it, and tells nothing that is not for the client."""

import sys
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Literal
from uuid import uuid4

import httpx2
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, Field
from sqlalchemy import text
from starlette.responses import PlainTextResponse
from starlette.types import Message

from app.chassis.config import ChassisSettings
from app.chassis.errors import DatabaseUnavailable
from app.chassis.http.deps import SessionDep
from app.chassis.logs import JsonFormatter
from app.chassis.middleware.problems import Problems

from ..running import running
from ..things.application import create_app

BOXES = "/api/v1/boxes"
CHUNKS_OF_MORE_THAN_THE_LIMIT = 3
BROKEN_SQL = text("SELECT secret_column FROM nowhere")


class Circle(BaseModel):
    kind: Literal["circle"]


class Square(BaseModel):
    kind: Literal["square"]


class Nested(BaseModel):
    inner: "Nested | None" = None
    shape: Circle | Square | None = Field(default=None, discriminator="kind")


async def chunks() -> AsyncIterator[bytes]:
    for _ in range(CHUNKS_OF_MORE_THAN_THE_LIMIT):
        yield b"x" * 1_000_000


def add_failing_routes(app: FastAPI) -> None:
    @app.get("/bug")
    async def fail() -> None:
        raise RuntimeError("secret of the implementation")

    @app.post("/numbers")
    async def take(numbers: list[int]) -> None:
        pass

    @app.post("/shapes")
    async def take_shape(shape: Nested) -> None:
        pass

    @app.get("/unavailable")
    async def fail_for_now() -> None:
        raise DatabaseUnavailable

    @app.get("/lost")
    async def lose_connection(session: SessionDep) -> None:
        raise ConnectionResetError

    @app.get("/sql")
    async def fail_in_sql(session: SessionDep) -> None:
        await session.execute(BROKEN_SQL)


@pytest.fixture(scope="module")
async def failing(
    settings: ChassisSettings, tables_made: None
) -> AsyncGenerator[httpx2.AsyncClient]:
    app = create_app(settings)
    add_failing_routes(app)
    async with running(app) as service:
        yield service.client


CASES = {
    "unknown path": (404, {"method": "GET", "url": "/nowhere"}),
    "unknown box": (
        404,
        {"method": "GET", "url": f"{BOXES}/01890000-0000-7000-8000-000000000000"},
    ),
    "trailing slash": (404, {"method": "GET", "url": f"{BOXES}/"}),
    "wrong method": (405, {"method": "PUT", "url": BOXES}),
    "large body": (413, {"method": "POST", "url": BOXES, "content": b"x" * 2_000_000}),
    "large chunked body": (
        413,
        {
            "method": "POST",
            "url": BOXES,
            "content": chunks(),
            "headers": {"content-type": "application/json"},
        },
    ),
    "not JSON": (
        415,
        {"method": "POST", "url": BOXES, "content": b"a=1", "headers": {"content-type": "x/y"}},
    ),
    "no content type": (415, {"method": "POST", "url": BOXES, "content": b'{"note": "x"}'}),
    "broken JSON": (
        422,
        {
            "method": "POST",
            "url": BOXES,
            "content": b'{"note": ',
            "headers": {"content-type": "application/json"},
        },
    ),
    "no body": (422, {"method": "POST", "url": BOXES}),
    "wrong fields": (422, {"method": "POST", "url": BOXES, "json": {"label": 1}}),
    "wrong path": (422, {"method": "GET", "url": f"{BOXES}/nobody"}),
    "bug": (500, {"method": "GET", "url": "/bug"}),
    "bug in SQL": (500, {"method": "GET", "url": "/sql"}),
    "unavailable": (503, {"method": "GET", "url": "/unavailable"}),
}


@pytest.mark.parametrize(("status", "request_"), CASES.values(), ids=CASES.keys())
async def test_every_error_has_the_form_of_a_problem(
    failing: httpx2.AsyncClient, status: int, request_: dict[str, object]
) -> None:
    response = await failing.request(**request_)  # type: ignore[arg-type]

    problem = response.json()
    assert response.status_code == problem["status"] == status
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"].startswith(("about:blank", "urn:problem-type:"))
    assert problem["title"]
    assert problem["detail"]
    assert problem.get("request_id") == response.headers.get("x-request-id")
    assert "secret" not in response.text


async def test_an_invalid_request_is_not_repeated_to_the_client(client: httpx2.AsyncClient) -> None:
    response = await client.post(BOXES, json={"label": ["hunter2"], "note": ["hunter2"]})

    assert response.status_code == 422
    assert {tuple(error["loc"]) for error in response.json()["errors"]} == {
        ("body", "label"),
        ("body", "note"),
    }
    assert "hunter2" not in response.text


async def test_an_answer_does_not_outgrow_a_request_full_of_mistakes(
    client: httpx2.AsyncClient,
) -> None:
    body = {f"unknown{number}": 1 for number in range(50_000)}

    calls = Counter[str]()
    sys.setprofile(lambda _, event, __: calls.update([event]))
    response = await client.post(BOXES, json=body)
    sys.setprofile(None)

    assert response.status_code == 422
    assert len(response.content) < 10_000
    assert calls["call"] + calls["c_call"] < len(body), "one mistake takes more than one"


async def test_no_more_than_a_hundred_mistakes_are_told(failing: httpx2.AsyncClient) -> None:
    response = await failing.post("/numbers", json=["x"] * 5_000)

    assert response.status_code == 422
    assert len(response.json()["errors"]) == 100


async def test_an_import_full_of_mistakes_tells_the_first(client: httpx2.AsyncClient) -> None:
    response = await client.post(f"{BOXES}/{uuid4()}/items", json={"texts": [1] * 10_000})

    assert response.status_code == 422
    assert len(response.content) < 1_000


async def test_a_failure_of_the_database_is_logged_with_its_causes(
    failing: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await failing.get("/lost")

    (record,) = [record for record in caplog.records if record.name == "app.chassis.http.problems"]
    assert vars(record)["error"] == "DatabaseUnavailable"
    assert vars(record)["causes"] == ["ConnectionResetError"]


async def test_a_bug_is_logged_with_its_stack(
    failing: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await failing.get("/bug")

    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert "secret of the implementation" in str(record.exc_info[1])


async def test_a_bug_in_sql_is_logged_without_the_sql(
    failing: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    await failing.get("/sql")

    (record,) = [record for record in caplog.records if record.levelname == "ERROR"]
    line = JsonFormatter().format(record)
    assert "await session.execute" in line
    assert "SELECT" not in line


async def test_an_unavailable_database_says_when_to_try_again(failing: httpx2.AsyncClient) -> None:
    assert (await failing.get("/unavailable")).headers["retry-after"] == "1"


async def test_the_documentation_names_every_status_with_its_form(
    client: httpx2.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()

    assert "HTTPValidationError" not in document["components"]["schemas"]
    responses = document["paths"][BOXES + "/{box_id}"]["patch"]["responses"]
    named = {"200", "400", "404", "409", "413", "415", "422", "500", "503", "504"}
    assert named <= responses.keys()
    for status in responses.keys() - {"200"}:
        schema = responses[status]["content"]["application/problem+json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Problem"}


async def test_the_documentation_names_no_status_that_can_not_be(
    client: httpx2.AsyncClient,
) -> None:
    document = (await client.get("/openapi.json")).json()

    assert not document["paths"]["/health/live"]["get"]["responses"].keys() & {"404", "422", "503"}
    assert "409" not in document["paths"][BOXES + "/{box_id}/items"]["post"]["responses"]


async def test_names_that_nobody_asked_for_are_told_within_bounds(
    client: httpx2.AsyncClient,
) -> None:
    response = await client.post(BOXES, json={"label": "x", "n" * 10_000: 1})

    assert ["body", "n" * 64] in [error["loc"] for error in response.json()["errors"]]
    assert len(response.content) < 1_000


async def test_a_deep_place_is_told_within_bounds(failing: httpx2.AsyncClient) -> None:
    deep: object = 1
    for _ in range(30):
        deep = {"inner": deep}

    response = await failing.post("/shapes", json=deep)

    assert response.status_code == 422
    assert max(len(error["loc"]) for error in response.json()["errors"]) == 16


async def test_a_kind_that_is_unknown_is_not_repeated(failing: httpx2.AsyncClient) -> None:
    response = await failing.post("/shapes", json={"shape": {"kind": "hunter2"}})

    assert response.status_code == 422
    assert "hunter2" not in response.text


async def test_what_a_library_refuses_in_plain_text_becomes_a_problem() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    refusing = Problems(PlainTextResponse("No.", 400))
    await refusing({"type": "http", "headers": []}, receive, send)

    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
    assert b"No." not in sent[1]["body"]
