"""One request, one trace: its statements, and its lines in the log."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest
from fastapi import BackgroundTasks, FastAPI, Request
from opentelemetry import propagate

from app.chassis import logs
from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.middleware import compiled_routes
from app.chassis.parts.tracing.collector import wanted

from ..db.ways import straight, through_sqlalchemy
from ..fixtures import PROJECT
from ..serving import environment
from ..things.factory import URL, box_body, make_box
from ..things.repositories import BoxRepository
from .tracing import CALLER, NOT_SAMPLED, SAMPLED, TRACE, traced

BOX = URL + "/{box_id}"
SERVER, CLIENT = 2, 3
"""Kinds of spans, as OTLP numbers them."""


def database_of(request: Request) -> Database:
    database: Database = request.state.database
    return database


@contextmanager
def printed() -> Iterator[list[dict[str, object]]]:
    """The lines of the log, as machines read them; there when the block has ended."""
    lines: list[dict[str, object]] = []
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(logs.JsonFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        lines += map(json.loads, output.getvalue().splitlines())


def saying(app: FastAPI) -> None:
    """With a route that says something to the log."""

    @app.get("/said")
    async def say() -> None:
        logging.getLogger("app.said").info("Said")


async def test_the_trace_of_the_caller_goes_on(
    settings: ChassisSettings, database: Database
) -> None:
    with printed() as lines:
        async with traced(settings, saying) as it:
            box = await make_box(it.service.client)
            place = f"{URL}/{box['id']}"
            # The first connection, also to a replica, asks the server about itself.
            await it.service.client.get(place, headers=NOT_SAMPLED)
            await it.service.client.get(place, headers=SAMPLED)
            await it.service.client.get("/said", headers=SAMPLED)

    request, statement = it.of_request("GET " + BOX)
    assert (request.trace, request.parent, request.kind) == (TRACE, CALLER, SERVER)
    assert (statement.name, statement.kind) == ("SELECT", CLIENT)
    assert request.attributes["http.response.status_code"] == HTTPStatus.OK
    assert statement.attributes["db.system.name"] in {"sqlite", "postgresql"}
    assert statement.attributes["db.query.text"].startswith("SELECT box")
    assert "Said" in [line["message"] for line in lines if line.get("trace_id") == TRACE]


@pytest.mark.parametrize("way", [straight, through_sqlalchemy])
async def test_each_statement_is_told_whichever_way_it_takes(
    settings: ChassisSettings, database: Database, way: type
) -> None:
    """Once, and below its request."""
    async with traced(settings) as it:
        client = it.service.client
        # A statement runs straight from its second time on.
        box = (await client.post(URL, json=box_body(), headers=NOT_SAMPLED)).json()
        await client.get(f"{URL}/{box['id']}", headers=NOT_SAMPLED)
        with way() as ran:
            # The first connection, also to a replica, asks the server about itself.
            await client.get(f"{URL}/{box['id']}", headers=NOT_SAMPLED)
            box = await make_box(client)
            await client.get(f"{URL}/{box['id']}")
            await client.patch(f"{URL}/{box['id']}", json=box_body())

    told = [
        it.of_request(f"{method} {URL}{rest}")
        for method, rest in (("POST", ""), ("GET", "/{box_id}"), ("PATCH", "/{box_id}"))
    ]
    assert ran
    assert [[span.name for span in spans[1:]] for spans in told] == [
        ["INSERT"],
        ["SELECT"],
        ["SELECT", "UPDATE"],
    ]


async def test_watching_statements_keeps_plain_rows_on_the_driver(
    settings: ChassisSettings, database: Database
) -> None:
    async with traced(settings) as it:
        box = await make_box(it.service.client)
        await it.service.client.get(f"{URL}/{box['id']}")
        with straight() as ran:
            await it.service.client.get(f"{URL}/{box['id']}")

    assert len(ran) == 1


async def test_compiled_routes_answer_what_is_traced(
    settings: ChassisSettings, caplog: pytest.LogCaptureFixture
) -> None:
    compiled_routes._tell.cache_clear()
    async with traced(settings) as it:
        await it.service.client.get(URL)

    assert it.collector.named(f"GET {URL}").attributes["http.route"] == URL
    assert [text for text in caplog.messages if "FastAPI runs" in text] == []


async def test_many_rows_at_once_are_one_statement(
    settings: ChassisSettings, database: Database
) -> None:
    async with traced(settings) as it:
        box = await make_box(it.service.client)
        texts = [f"Item {number}" for number in range(50)]
        await it.service.client.post(f"{URL}/{box['id']}/items", json={"texts": texts})

    names = [span.name for span in it.of_request(f"POST {BOX}/items")]
    assert names[1:] == ["SELECT", "INSERT"]


async def test_what_comes_after_the_answer_or_beside_it_belongs_to_its_request(
    settings: ChassisSettings, database: Database
) -> None:
    def plant(app: FastAPI) -> None:
        async def work(database: Database) -> None:
            await BoxRepository(database.reader).count()

        @app.get("/later")
        async def later(request: Request, tasks: BackgroundTasks) -> None:
            tasks.add_task(work, database_of(request))

        @app.get("/beside")
        async def beside(request: Request) -> None:
            found = database_of(request)
            await found.concurrently(
                lambda session: BoxRepository(session).count(),
                lambda session: BoxRepository(session).read_page(limit=1),
            )

    async with traced(settings, plant) as it:
        # The first connection brings statements of SQLAlchemy's.
        await it.service.client.get("/later", headers=NOT_SAMPLED)
        await it.service.client.get("/later")
        await it.service.client.get("/beside")

    assert [span.name for span in it.of_request("GET /later")[1:]] == ["SELECT"]
    assert [span.name for span in it.of_request("GET /beside")[1:]] == ["SELECT", "SELECT"]


async def test_a_statement_that_fails_is_told_by_its_kind(
    settings: ChassisSettings, database: Database
) -> None:
    async with traced(settings) as it:
        box = await make_box(it.service.client)
        again = await it.service.client.post(URL, json=box_body(label=box["label"]))

    assert again.status_code == HTTPStatus.CONFLICT
    (failed,) = [span for span in it.collector.spans if span.failed]
    assert failed.name == "INSERT"
    assert failed.attributes["error.type"].endswith("Error")
    assert box["label"] not in failed.whole


async def test_probes_and_scrapes_make_no_traces(settings: ChassisSettings) -> None:
    async with traced(settings) as it:
        for path in ("/health/live", "/health/ready", "/metrics"):
            await it.service.client.get(path, headers=SAMPLED)

    assert it.collector.spans == []


async def test_what_runs_by_itself_begins_no_trace(
    settings: ChassisSettings, database: Database
) -> None:
    async with traced(settings) as it:
        await BoxRepository(it.service.database.reader).count()

    assert it.collector.spans == []


@pytest.mark.parametrize(
    "header",
    [
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        f"ff-{TRACE}-{CALLER}-01",
        f"00-{TRACE}-{CALLER}",
        "x" * 5000,
    ],
)
async def test_a_traceparent_that_is_none_is_ignored(
    settings: ChassisSettings, header: str
) -> None:
    async with traced(settings) as it:
        response = await it.service.client.get("/nowhere", headers={"traceparent": header})

    (span,) = it.collector.spans
    assert response.status_code == HTTPStatus.NOT_FOUND
    assert (span.parent, span.trace == TRACE) == ("", False)


async def test_the_decision_of_the_caller_comes_first(
    settings: ChassisSettings, database: Database
) -> None:
    """Lines in the log have the id of the trace all the same."""
    with printed() as lines:
        async with traced(settings, saying, ratio=0) as it:
            await it.service.client.get("/said")
            await it.service.client.get("/said", headers=SAMPLED)
        async with traced(settings, saying, ratio=1) as other:
            await other.service.client.get("/said", headers=NOT_SAMPLED)

    assert {span.trace for span in it.collector.spans} == {TRACE}
    assert other.collector.spans == []
    said = [line.get("trace_id") for line in lines if line["logger"] == "app.said"]
    assert (len(said), said[1:]) == (3, [TRACE, TRACE])
    assert said[0] not in {None, TRACE}


async def test_the_trace_is_sent_on_and_baggage_is_not(settings: ChassisSettings) -> None:
    def plant(app: FastAPI) -> None:
        @app.get("/sent")
        async def sent() -> dict[str, str]:
            headers: dict[str, str] = {}
            propagate.inject(headers)
            return headers

    async with traced(settings, plant) as it:
        answer = await it.service.client.get("/sent", headers={**SAMPLED, "baggage": "a=b"})

    span = it.collector.named("GET /sent")
    assert answer.json() == {"traceparent": f"00-{TRACE}-{span.id}-01"}


async def test_the_variables_of_opentelemetry_are_heard(settings: ChassisSettings) -> None:
    variables = {
        "OTEL_SERVICE_NAME": "shop",
        "OTEL_EXPORTER_OTLP_HEADERS": "api-key=of-the-collector",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_TRACES_SAMPLER": "always_on",
    }
    async with traced(settings, ratio=0, variables=variables) as it:
        await it.service.client.get("/nowhere", headers=NOT_SAMPLED)

    (span,) = it.collector.spans
    assert (span.trace, span.service) == (TRACE, "shop")
    assert it.collector.headers[0]["api-key"] == "of-the-collector"


WITHOUT_COLLECTOR = """
import asyncio, sys
from tests.chassis.running import running
from tests.chassis.things.application import create_app

async def serve():
    async with running(create_app()) as service:
        await service.client.get("/nowhere")

asyncio.run(serve())
assert not [name for name in sys.modules if name.startswith("opentelemetry.exporter")]
"""


ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "OTEL_EXPORTER_OTLP_ENDPOINT names no collector"),
        ({ENDPOINT: "collector:4318"}, "should be like http://"),
        ({ENDPOINT: "http://[collector"}, "should be like http://"),
        ({"OTEL_TRACES_EXPORTER": "none", ENDPOINT: "http://a"}, "OTEL_TRACES_EXPORTER is none"),
        ({"OTEL_TRACES_EXPORTER": "zipkin", ENDPOINT: "http://a"}, "should be otlp, console or"),
        ({"OTEL_SDK_DISABLED": "true", ENDPOINT: "http://a"}, "OTEL_SDK_DISABLED is true"),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", ENDPOINT: "http://a"}, "should be http/protobuf"),
    ],
)
def test_what_keeps_a_service_from_tracing_is_one_line(
    variables: dict[str, str], said: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert wanted(variables) is None

    (line,) = caplog.messages
    assert line.startswith("Nothing is traced: ")
    assert said in line


@pytest.mark.parametrize(
    "variables",
    [
        {ENDPOINT: "http://collector:4318"},
        {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://collector/v1/traces"},
    ],
)
def test_a_collector_is_named_for_all_or_for_traces(variables: dict[str, str]) -> None:
    assert wanted(variables) == "otlp"
    assert wanted({"OTEL_TRACES_EXPORTER": "console"}) == "console"


@pytest.mark.thorough
def test_without_a_collector_there_is_one_line_and_no_sdk(
    settings: ChassisSettings, tables_made: None
) -> None:
    given = environment(settings, port=0)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_COLLECTOR],
        check=False,
        cwd=PROJECT,
        env={name: value for name, value in given.items() if not name.startswith("OTEL_")},
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    (line,) = [json.loads(line) for line in done.stdout.splitlines() if "traced" in line]
    assert (line["level"], line["logger"]) == ("info", "app.chassis.parts.tracing.collector")
