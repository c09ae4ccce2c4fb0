"""Schemathesis makes requests from the OpenAPI document, valid and invalid ones, and judges every
answer by it. A new route joins by itself."""

import asyncio
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse

from app.config import Settings
from app.main import create_app

from .. import callers
from ..running import Running

ADDRESS = "http://localhost"
SEQUENCES = 5
"""How many sequences of requests are tried, each using what the one before it answered."""

# All checks are on. The examples are the same in each run: a failure is a change's own.
CONFIG = {
    "base-url": ADDRESS,
    "generation": {"max-examples": 10, "deterministic": True},
    # Schemathesis expects 400 or 422 for a list that is too long; here the whole body may be.
    "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},
}

# Nothing is opened: only the document is asked for, also where the settings say not to serve it.
schema = schemathesis.openapi.from_dict(
    create_app(Settings(environment="test")).openapi(),
    config=schemathesis.Config.from_dict(CONFIG),
)

# The format says how an address looks; the service also refuses domains that get no mail
# (RFC 6761), as `.invalid` or `.local`.
schemathesis.openapi.format(
    "email",
    st.from_regex(r"[a-z][a-z0-9]{0,30}@[a-z][a-z0-9]{0,30}\.(com|net|org)", fullmatch=True),
)


class InProcess(BaseAdapter):
    """Carries requests to the running application instead of a network."""

    def __init__(self, service: Running, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._client = service.client
        self._loop = loop
        self._adapter = HTTPAdapter()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        content: Any = request.body
        sent = self._client.request(
            str(request.method),
            str(request.url),
            headers=[(name, str(value)) for name, value in request.headers.items()],
            content=content,
        )
        received = self._loop.run_until_complete(sent)
        answer = HTTPResponse(
            BytesIO(received.content),
            HTTPHeaderDict(received.headers.multi_items()),
            received.status_code,
            preload_content=False,
        )
        return self._adapter.build_response(request, answer)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture(scope="module")
async def loop(service: Running) -> asyncio.AbstractEventLoop:
    """The one that the application runs in; it stands still while tests that aren't async run."""
    return asyncio.get_running_loop()


@pytest.fixture(scope="module")
def session(service: Running, loop: asyncio.AbstractEventLoop) -> requests.Session:
    session = requests.Session()
    session.headers["accept-encoding"] = "identity"  # or the client would decompress it on its way
    session.mount(ADDRESS, InProcess(service, loop))
    return session


def assume_fit(case: schemathesis.Case[Any]) -> None:
    """OpenAPI can't say that two parameters exclude each other."""
    query: Mapping[str, Any] = case.query or {}
    assume(not {"after", "offset"} <= query.keys())


@schema.parametrize()
def test_every_answer_is_as_documented(
    case: schemathesis.Case[Any], session: requests.Session
) -> None:
    assume_fit(case)
    case.call_and_validate(session=session, headers=callers.headers())


def test_so_are_the_answers_in_a_sequence_of_requests(session: requests.Session) -> None:
    class Sequences(schema.as_state_machine()):  # type: ignore[misc]  # made at runtime
        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            assume_fit(case)
            return {"session": session, "headers": callers.headers()}

    limits = settings(
        max_examples=SEQUENCES,
        stateful_step_count=6,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Sequences, settings=limits)
