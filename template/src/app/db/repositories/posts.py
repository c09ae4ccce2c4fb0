"""Questions about posts."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, select

from ...chassis.db.repository import Repository
from ...errors.users import UserNotFound
from ..models.post import Post

_columns = Post.__table__.columns
_OF_AUTHOR = (
    select(*_columns)
    .where(_columns.author_id == bindparam("author_id"), _columns.id > bindparam("after"))
    .order_by(_columns.id)
    .limit(bindparam("limit"))
)
_START = UUID(int=0)

_place = func.row_number().over(partition_by=_columns.author_id, order_by=_columns.id.desc())
_ranked = (
    select(*_columns, _place.label("place"))
    .where(_columns.author_id.in_(bindparam("author_ids", expanding=True)))
    .subquery()
)
_LATEST_OF_AUTHORS = (
    select(*(column for column in _ranked.columns if column.name != "place"))
    .where(_ranked.columns.place <= bindparam("most"))
    .order_by(_ranked.columns.id.desc())
)


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

    async def read_latest_of_authors(
        self, author_ids: Collection[UUID], *, most: int
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """The newest `most` posts of each author in one statement, newest first."""
        return await self.session.rows(_LATEST_OF_AUTHORS, author_ids=[*author_ids], most=most)
