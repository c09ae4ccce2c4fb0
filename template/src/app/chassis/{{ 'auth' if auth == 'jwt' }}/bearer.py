"""Who calls: from the header to an account, to an active one, to one of an admin."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated, Any, cast

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ..auth import Auth, open_auth
from ..auth.errors import InvalidAccessToken, NotAllowed, NotSignedIn
from ..db.repositories.accounts import AccountRepository
from ..db.repositories.users import UserRepository
from ..services.accounts import AccountService
from ..services.signing_in import SigningInService, require_active
from ..services.users import UserService
from .deps import State, primary_reader_of, state_of


class AuthState(State):
    auth: Auth


@contextmanager
def with_auth(state: State) -> Generator[State]:
    """What the lifespan opens, and what lets users in."""
    with open_auth(state["settings"].auth) as auth:
        yield AuthState(**state, auth=auth)


def auth_of(request: Request) -> Auth:
    return cast("AuthState", request.state)["auth"]


# Without `auto_error`: its refusals would not be problems.
_bearer = HTTPBearer(bearerFormat="JWT", auto_error=False, description="From `/auth/login`.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]


async def get_current_user(request: Request, credentials: Credentials) -> Any:
    """The account of whoever calls. It is read each time: who is removed, deactivated or signed out
    is out at once, not when the token expires."""
    if credentials is None:
        raise NotSignedIn
    issued = auth_of(request).access_tokens.read(credentials.credentials)
    account = await AccountRepository(primary_reader_of(request)).read(issued.user_id)
    if account is None or issued.at < account.tokens_valid_from:
        raise InvalidAccessToken
    return account


CurrentUserDep = Annotated[Any, Depends(get_current_user)]


async def get_active_user(account: CurrentUserDep) -> Any:
    require_active(account)
    return account


ActiveUserDep = Annotated[Any, Depends(get_active_user)]


async def get_admin_user(account: ActiveUserDep) -> Any:
    if not account.is_admin:
        raise NotAllowed
    return account


async def get_users_as_written(request: Request) -> UserService:
    """Who has just registered is in there."""
    return UserService(UserRepository(primary_reader_of(request)))


async def get_accounts(request: Request) -> AccountService:
    return AccountService(state_of(request)["database"], auth_of(request).passwords)


async def get_signing_in(request: Request) -> SigningInService:
    return SigningInService(state_of(request)["database"], auth_of(request))


UsersAsWrittenDep = Annotated[UserService, Depends(get_users_as_written)]
AccountsDep = Annotated[AccountService, Depends(get_accounts)]
SigningInDep = Annotated[SigningInService, Depends(get_signing_in)]
