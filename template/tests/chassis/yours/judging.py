"""Schemathesis makes requests from the OpenAPI document, valid and invalid ones, and judges every
answer by it. A new route joins by itself."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import httpx2
import schemathesis
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import negated_parameters
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from werkzeug import Request, Response

from app.config import Settings
from app.main import create_app

from .across_fields import is_told
from .quiet import noted

ADDRESS = "http://localhost"
# All checks are on. The examples are the same in each run: a failure is a change's own.
CONFIG = {
    "base-url": ADDRESS,
    "generation": {"max-examples": 5, "deterministic": True},
    # Schemathesis expects 400 or 422 for a list that is too long; here the whole body may be.
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
}

# Hypothesis reads constants in the source of what is imported. Then any module would change the
# examples, and a failure would be chance.
providers._get_local_constants = Constants

PHASES = ("examples", "coverage", "fuzzing", "stateful")

# Nothing is opened: only the document is asked for, also where the settings say not to serve it.
DOCUMENT = create_app(Settings(environment="test")).openapi()

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


in_process = InProcess()


def schema_in(*phases: str) -> BaseSchema:
    """The document, to be tried in these phases of Schemathesis."""
    chosen = {phase: {"enabled": phase in phases} for phase in PHASES}
    config = schemathesis.Config.from_dict(CONFIG | {"phases": chosen})
    schema = schemathesis.openapi.from_dict(DOCUMENT, config=config)
    schema.app = in_process
    return schema


def assume_fit(case: schemathesis.Case[Any]) -> None:
    """OpenAPI can't say that two parameters exclude each other."""
    query: Mapping[str, Any] = case.query or {}
    assume(not {"after", "offset"} <= query.keys())


def rules(
    response: schemathesis.Response, case: schemathesis.Case[Any], headers: Mapping[str, str]
) -> list[Any]:
    """Checks that don't hold for an answer to a request with these headers."""
    told = [positive_data_acceptance] if is_told(response, case) else []
    return [*told, negative_data_rejection] if is_mended(case, headers) else told


def is_mended(case: schemathesis.Case[Any], headers: Mapping[str, str]) -> bool:
    """Whether all that was wrong with a request are headers that were replaced by these. Parameters
    that nobody knows are not wrong."""
    if case.meta is None or case.meta.is_negative_at(ParameterLocation.BODY):
        return False
    negated = {(place, name.lower()) for name, place in negated_parameters(case.meta)}
    replaced = {(ParameterLocation.HEADER, name.lower()) for name in headers}
    return bool(negated) and negated <= replaced


def judge(case: schemathesis.Case[Any], headers: dict[str, str]) -> None:
    """Send a request, and hold its answer against the document."""
    assume_fit(case)
    with noted():
        response = case.call(headers=headers)
        excluded = rules(response, case, headers)
        case.validate_response(response, excluded_checks=excluded, headers=headers)
