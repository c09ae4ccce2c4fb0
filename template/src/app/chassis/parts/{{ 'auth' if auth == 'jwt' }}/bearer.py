"""Who calls, as far as an access token proves it."""

from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from . import Auth
from .errors import NotSignedIn
from .tokens import Issued


def auth_of(request: Request) -> Auth:
    return cast("Auth", request.state["auth"])


# Without `auto_error`: its refusals would not be problems.
_bearer = HTTPBearer(bearerFormat="JWT", auto_error=False, description="From `/auth/login`.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


async def get_issued(request: Request, credentials: Credentials) -> Issued:
    """What the caller's token proves. Raises `NotSignedIn` or `InvalidAccessToken`. Whether the
    account is still there is asked elsewhere."""
    if credentials is None:
        raise NotSignedIn
    return auth_of(request).access_tokens.read(credentials.credentials)


IssuedDep = Annotated[Issued, Depends(get_issued)]
