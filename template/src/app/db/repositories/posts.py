"""Questions about posts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select

from ...errors import UserNotFound
from ..models.post import Post
from .base import Repository

_columns = Post.__table__.columns
_OF_AUTHOR = (
    select(*_columns)
    .where(_columns.author_id == bindparam("author_id"), _columns.id > bindparam("after"))
    .order_by(_columns.id)
    .limit(bindparam("limit"))
)
_START = UUID(int=0)


class PostRepository(Repository[Post]):
    model = Post
    violations = {"fk_posts_author_id_users": UserNotFound}

    async def read_page_of_author(
        self, author_id: UUID, *, limit: int, after: UUID | None = None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """At most `limit` rows, behind the one with the id `after`."""
        return await self.session.rows(
            _OF_AUTHOR, author_id=author_id, after=after or _START, limit=limit
        )
