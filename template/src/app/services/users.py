"""What can be done with users."""

from typing import Any
from uuid import UUID

from ..chassis.paging import PageOf, page_of
from ..chassis.schemas.page import PageQuery
from ..db.models.user import User
from ..db.repositories.users import UserRepository
from ..errors.users import UserNotFound
from ..schemas.users import UserChange, UserCreate


class UserService:
    """Returns plain rows; the entity where one is changed."""

    def __init__(self, users: UserRepository) -> None:
        self._users = users

    async def get(self, user_id: UUID) -> Any:
        user = await self._users.read(user_id)
        if user is None:
            raise UserNotFound
        return user

    async def page(self, query: PageQuery) -> PageOf[Any]:
        total = None if query.offset is None else await self._users.count()
        found = await self._users.read_page(
            limit=query.limit + 1, after=query.after, offset=query.offset or 0
        )
        return page_of(found, query.limit, total)

    async def register(self, new: UserCreate) -> Any:
        """Raises `EmailTaken`; the database decides, so that of two at the same time one wins."""
        return await self._users.add_row(**new.model_dump())

    async def change(self, user_id: UUID, change: UserChange) -> User:
        user = await self._users.get_to_change(user_id)
        if user is None:
            raise UserNotFound
        return await self._users.update(user, change.model_dump())

    async def remove(self, user_id: UUID) -> None:
        """What belongs to the user goes too."""
        if not await self._users.delete(user_id):
            raise UserNotFound
