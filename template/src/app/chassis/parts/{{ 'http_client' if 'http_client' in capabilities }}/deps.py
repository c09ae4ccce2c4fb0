"""How routes ask for it: `HttpDep`. Services take an `HttpClient` as an argument."""

from typing import Annotated, cast

from fastapi import Depends
from fastapi.requests import HTTPConnection

from .client import HttpClient
from .errors import UpstreamBusy, UpstreamTooSlow, UpstreamUnavailable


class _Http:
    raises = (UpstreamUnavailable, UpstreamBusy, UpstreamTooSlow)
    """The OpenAPI document has them for each route that asks for it."""

    async def __call__(self, request: HTTPConnection) -> HttpClient:
        return cast("HttpClient", request.state["http_client"])


HttpDep = Annotated[HttpClient, Depends(_Http())]
