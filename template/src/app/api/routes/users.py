"""`/api/v1/users`."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Response

from ...errors import EmailTaken
from ...schemas.users import (
    UserChange,
    UserCreate,
    UserPage,
    UserRead,
    UserWithPostsPage,
)
from ..deps import PageDep, ReadUsersDep, UsersDep
from ..document import problems

router = APIRouter(prefix="/api/v1/users", tags=["users"])


@router.get("")
async def list_users(users: ReadUsersDep, page: PageDep) -> UserPage:
    """Users in order of creation."""
    return UserPage.model_validate(await users.page(page))


@router.get("/with-posts")
async def list_users_with_posts(users: ReadUsersDep, page: PageDep) -> UserWithPostsPage:
    """Users in order of creation, each with the latest posts; `/users/{user_id}/posts` has all."""
    return UserWithPostsPage.model_validate(await users.page_with_latest_posts(page))


@router.get("/{user_id}")
async def read_user(users: ReadUsersDep, user_id: UUID) -> UserRead:
    """One user."""
    return UserRead.model_validate(await users.get(user_id))


@router.post("", status_code=HTTPStatus.CREATED, responses=problems(EmailTaken))
async def register_user(users: UsersDep, new: UserCreate, response: Response) -> UserRead:
    """Register a user; the e-mail address must not be taken."""
    user = UserRead.model_validate(await users.register(new))
    response.headers["Location"] = f"{router.prefix}/{user.id}"
    return user


@router.patch("/{user_id}", responses=problems(EmailTaken))
async def change_user(users: UsersDep, user_id: UUID, change: UserChange) -> UserRead:
    """Change what is given; what is left out stays."""
    return UserRead.model_validate(await users.change(user_id, change))


@router.delete("/{user_id}", status_code=HTTPStatus.NO_CONTENT)
async def remove_user(users: UsersDep, user_id: UUID) -> None:
    """Remove a user and all of the user's posts."""
    await users.remove(user_id)
