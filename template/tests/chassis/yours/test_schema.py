"""Schemathesis makes requests from the OpenAPI document, valid and invalid ones, and judges every
answer by it. A new route joins by itself."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import suppress
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, assume
from hypothesis import settings as limits
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.errors import NoLinksFound
from schemathesis.specs.openapi.checks import positive_data_acceptance
from sqlalchemy import MetaData
from werkzeug import Request, Response

from app.config import Settings
from app.main import create_app

from ...letting_in import sign_in_admin
from ..fixtures import emptied_afterwards
from ..running import Running
from .across_fields import is_told
from .quiet import noted

ADDRESS = "http://localhost"
SEQUENCES = 5
"""How many sequences of requests are tried, each using what the one before it answered."""

# All checks are on. The examples are the same in each run: a failure is a change's own.
CONFIG = {
    "base-url": ADDRESS,
    "generation": {"max-examples": 5, "deterministic": True},
    # Schemathesis expects 400 or 422 for a list that is too long; here the whole body may be.
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
}

# Nothing is opened: only the document is asked for, also where the settings say not to serve it.
schema = schemathesis.openapi.from_dict(
    create_app(Settings(environment="test")).openapi(),
    config=schemathesis.Config.from_dict(CONFIG),
)

# The format says how an address looks; the service also refuses domains that get no mail
# (RFC 6761), as `.invalid` or `.local`. By a pattern they would take seconds.
schemathesis.openapi.format("email", st.integers(0, 10**9).map("somebody{}@example.org".format))
# The same goes for addresses of other schemes.
schemathesis.openapi.format("uri", st.integers(0, 10**9).map("https://example.org/{}".format))


class InProcess:
    """Carries requests to the running application instead of a network. Schemathesis takes it for a
    WSGI application, because it answers in the thread that asks."""

    def __init__(self) -> None:
        self.client: httpx2.AsyncClient | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        assert self.client, "the fixture `headers` connects it"
        assert self.loop
        request = Request(environ)
        sent = self.client.request(
            request.method,
            f"{environ['REQUEST_URI']}?{environ['QUERY_STRING']}",
            headers=[(name.encode(), value.encode("latin-1")) for name, value in request.headers],
            content=request.get_data(),
        )
        received = self.loop.run_until_complete(sent)
        answer = Response(received.content, received.status_code, received.headers.multi_items())
        return answer(environ, start)


schema.app = in_process = InProcess()


@pytest.fixture(scope="module")
async def headers(
    closed_service: Running, visitor: httpx2.AsyncClient, settings: Settings, tables: MetaData
) -> AsyncGenerator[dict[str, str]]:
    """What each request carries to get past the door."""
    in_process.client = visitor
    # The application's own; it stands still while tests that aren't async run.
    in_process.loop = asyncio.get_running_loop()
    async with emptied_afterwards(closed_service.database, tables) as database:
        yield await sign_in_admin(database, settings)


def assume_fit(case: schemathesis.Case[Any]) -> None:
    """OpenAPI can't say that two parameters exclude each other."""
    query: Mapping[str, Any] = case.query or {}
    assume(not {"after", "offset"} <= query.keys())


def rules(response: schemathesis.Response, case: schemathesis.Case[Any]) -> list[Any]:
    """Checks that don't hold for an answer."""
    return [positive_data_acceptance] if is_told(response, case) else []


@schema.parametrize()
def test_every_answer_is_as_documented(
    case: schemathesis.Case[Any], headers: dict[str, str]
) -> None:
    assume_fit(case)
    with noted():
        response = case.call(headers=headers)
        case.validate_response(response, excluded_checks=rules(response, case), headers=headers)


def test_so_are_the_answers_in_a_sequence_of_requests(headers: dict[str, str]) -> None:
    machine: Any = schema.as_state_machine()

    class Sequences(machine):  # type: ignore[misc]  # made at runtime
        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            assume_fit(case)
            return {"headers": headers}

        def validate_response(
            self,
            response: schemathesis.Response,
            case: schemathesis.Case[Any],
            additional_checks: Any = None,
            **sent: Any,
        ) -> None:
            # Told of the headers, or they are taken for generated ones, which must be refused.
            case.validate_response(
                response,
                additional_checks=additional_checks,
                excluded_checks=rules(response, case),
                headers=headers,
                transport_kwargs=sent,
                recorder=self.recorder,
            )

    few = limits(
        max_examples=SEQUENCES,
        stateful_step_count=6,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    with suppress(NoLinksFound):  # where no operation takes what another one answers
        run_state_machine_as_test(Sequences, settings=few)
