"""Who calls, as far as an access token proves it."""

from typing import Annotated, cast

from fastapi import Depends, Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ...http.credentials import bearer_token
from . import Auth
from .errors import NotSignedIn
from .tokens import Issued


def auth_of(request: HTTPConnection) -> Auth:
    return cast("Auth", request.state["auth"])


class _Bearer(HTTPBearer):
    """Never refuses: its refusals would not be problems."""

    async def __call__(self, request: HTTPConnection) -> HTTPAuthorizationCredentials | None:
        token = bearer_token(request.scope)
        if token is None:
            return None
        return HTTPAuthorizationCredentials(scheme="Bearer", credentials=token)


_bearer = _Bearer(
    bearerFormat="JWT", scheme_name=HTTPBearer.__name__, description="From `/auth/login`."
)
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


async def get_issued(request: HTTPConnection, credentials: Credentials) -> Issued:
    """What the caller's token proves. Raises `NotSignedIn` or `InvalidAccessToken`. Whether the
    account is still there is asked elsewhere."""
    token = _offered(request) if credentials is None else credentials.credentials
    if token is None:
        raise NotSignedIn
    return auth_of(request).access_tokens.read(token)


def _offered(request: HTTPConnection) -> str | None:
    """Pages can't set headers of a WebSocket: theirs offers the subprotocols `bearer` and a token.
    Its route accepts with `subprotocol="bearer"`."""
    if request.scope["type"] != "websocket":
        return None
    offered = iter(filter(None, request.scope.get("subprotocols") or ()))
    return next(offered, None) if "bearer" in offered else None


IssuedDep = Annotated[Issued, Depends(get_issued)]
