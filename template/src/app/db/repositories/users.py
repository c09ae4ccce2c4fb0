"""Questions about users."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import selectinload

from ...errors import EmailTaken
from ..models.user import User
from .base import Repository


class UserRepository(Repository[User]):
    model = User
    violations = {"uq_users_email": EmailTaken}

    async def list_with_latest_posts(
        self, *, limit: int, after: UUID | None = None, offset: int = 0
    ) -> Sequence[User]:
        """Two statements, however many users: one for them, one for the newest posts of all."""
        posts = selectinload(User.latest_posts)
        return await self.list(posts, limit=limit, after=after, offset=offset)
