"""Who calls, as far as an access token proves it."""

from typing import Annotated, cast

from fastapi import Depends, Security
from fastapi.requests import HTTPConnection
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from . import Auth
from .errors import NotSignedIn
from .tokens import Issued


def auth_of(request: HTTPConnection) -> Auth:
    return cast("Auth", request.state["auth"])


# Without `auto_error`: its refusals would not be problems.
_bearer = HTTPBearer(bearerFormat="JWT", auto_error=False, description="From `/auth/login`.")
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
    offered = iter(request.scope.get("subprotocols") or ())
    return next(offered, None) if "bearer" in offered else None


IssuedDep = Annotated[Issued, Depends(get_issued)]
