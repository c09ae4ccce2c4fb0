"""No secret leaves with a span. That of the whole suite is read by the witness; here it is looked
for where secrets would be."""

from http import HTTPStatus

import pytest
from fastapi import FastAPI, Request
from opentelemetry.trace import StatusCode
from sqlalchemy import text

from app.chassis.config import ChassisSettings
from app.chassis.db.database import Database
from app.chassis.parts.tracing.statements import LENGTH, described

from .. import witness
from ..things.factory import URL, make_box
from .tracing import traced

TOKEN, PASSWORD = witness.TOKEN, witness.PASSWORD
MESSAGE = "said in an exception"


def plant(app: FastAPI) -> None:
    @app.get("/broken")
    async def fail() -> None:
        raise RuntimeError(MESSAGE)

    @app.get("/own")
    async def trace(request: Request) -> None:
        """What the API of OpenTelemetry does with an error by itself."""
        tracer = request.state.tracer_provider.get_tracer("own")
        with tracer.start_as_current_span("own") as span:
            span.set_attribute("http.request.header.cookie", [TOKEN])
            span.set_attribute("url.full", f"https://example.org/path?token={TOKEN}")
            raise RuntimeError(MESSAGE)

    @app.get("/written")
    async def write(request: Request) -> None:
        database: Database = request.state.database
        async with database.reader.entities() as session:
            await session.execute(text(f"SELECT 7 WHERE 'x' = '{TOKEN}'"))


async def test_neither_queries_nor_headers_nor_values_nor_messages(
    settings: ChassisSettings, database: Database
) -> None:
    async with traced(settings, plant) as it:
        client = it.service.client
        headers = {"Authorization": f"Bearer {TOKEN}", "Cookie": f"a={TOKEN}", "X-Own": TOKEN}
        await make_box(client, note=PASSWORD)
        await client.get(URL, params={"token": TOKEN, "limit": "2"}, headers=headers)
        await client.get(f"{URL}/nothing", headers={"Host": f"{TOKEN}.example"})
        await client.request(f"X{TOKEN.upper()}", URL)
        for path in ("/broken", "/own", "/written"):
            await client.get(path)

    sent = b"".join(it.collector.bodies).lower()
    assert TOKEN.encode().lower() not in sent
    assert PASSWORD.encode() not in sent
    assert MESSAGE.encode() not in sent
    assert it.collector.named("GET /written").attributes["http.route"] == "/written"
    assert it.collector.named("own").attributes == {
        "url.full": "https://example.org/path",
    }


async def test_an_error_is_told_by_its_kind(settings: ChassisSettings) -> None:
    async with traced(settings, plant) as it:
        answer = await it.service.client.get("/broken")

    span = it.collector.named("GET /broken")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert span.failed
    assert span.attributes["http.response.status_code"] == HTTPStatus.INTERNAL_SERVER_ERROR
    assert f"STATUS_CODE_{StatusCode.ERROR.name}" in span.whole


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SELECT a1 FROM t1 WHERE x = $1", "SELECT a1 FROM t1 WHERE x = $1"),
        ("select a\n from  t where x = ?", "select a from t where x = ?"),
        ("INSERT INTO t VALUES ('it''s', 42, -1.5, :a1)", "INSERT INTO t VALUES (?, ?, -?, :a1)"),
        ("SELECT x FROM t LIMIT 10", "SELECT x FROM t LIMIT ?"),
        ("SELECT E'a\\'b'", ""),
        ("SELECT $$secret$$", ""),
        ("SELECT $tag$secret$tag$", ""),
        ("SELECT 1 -- of secret", ""),
        ("SELECT 1 /* of secret */", ""),
    ],
)
def test_the_text_of_a_statement_has_no_values(sql: str, told: str) -> None:
    verb, shown = described(sql)

    assert verb in {"SELECT", "INSERT"}
    assert shown == told


def test_the_text_of_a_statement_is_bounded() -> None:
    assert len(described(f"SELECT {'a, ' * LENGTH} b")[1]) == LENGTH
    assert described("") == described("(x)") == ("SQL", "")


async def test_the_witness_reads_spans(settings: ChassisSettings) -> None:
    """A secret in a path, which spans and the log have by right, is one that it finds."""
    async with traced(settings) as it:
        await it.service.client.get(f"/nowhere/{TOKEN}")

    assert len(it.collector.spans) == 1
    assert len([leak for leak in witness.leaks() if "url.path" in leak]) == 1
