"""Users, at `/api/v1/users`: who writes posts."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request, Response

from ...chassis.http.deps import PageDep
from ...chassis.http.document import problems
from ...chassis.http.operations import link
from ...errors.users import EmailTaken
from ...schemas.users import (
    UserChange,
    UserCreate,
    UserPage,
    UserRead,
)
from ..deps.users import ReadUsersDep, UsersDep

router = APIRouter(prefix="/api/v1/users", tags=["users"])


@router.get("")
async def list_users(users: ReadUsersDep, page: PageDep) -> UserPage:
    """Users in order of creation."""
    return UserPage.model_validate(await users.page(page))


@router.get("/{user_id}")
async def read_user(users: ReadUsersDep, user_id: UUID) -> UserRead:
    """One user."""
    return UserRead.model_validate(await users.get(user_id))


@router.post("", status_code=HTTPStatus.CREATED, responses=problems(EmailTaken))
async def register_user(
    users: UsersDep, new: UserCreate, request: Request, response: Response
) -> UserRead:
    """Register a user; the e-mail address must not be taken."""
    user = UserRead.model_validate(await users.register(new))
    response.headers["Location"] = link(request, f"{router.prefix}/{user.id}")
    return user


@router.patch("/{user_id}", responses=problems(EmailTaken))
async def change_user(users: UsersDep, user_id: UUID, change: UserChange) -> UserRead:
    """Change what is given; what is left out stays."""
    return UserRead.model_validate(await users.change(user_id, change))


@router.delete("/{user_id}", status_code=HTTPStatus.NO_CONTENT)
async def remove_user(users: UsersDep, user_id: UUID) -> None:
    """Remove a user, and all that belongs to the user."""
    await users.remove(user_id)
