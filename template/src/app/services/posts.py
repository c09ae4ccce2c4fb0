"""What can be done with posts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from ..chassis.paging import PageOf, page_of
from ..chassis.schemas.page import PageQuery
from ..db.models.post import Post
from ..db.repositories.posts import PostRepository
from ..db.repositories.users import UserRepository
from ..errors.posts import PostNotFound
from ..errors.users import UserNotFound
from ..schemas.posts import PostChange, PostContent, PostCreate
from .users import UserService

LATEST_POSTS = 10
"""Posts that come with each user of a list."""


class PostService:
    """Returns plain rows; the entity where one is changed."""

    def __init__(self, posts: PostRepository, users: UserRepository) -> None:
        self._posts = posts
        self._users = users

    async def get(self, post_id: UUID) -> Any:
        post = await self._posts.read(post_id)
        if post is None:
            raise PostNotFound
        return post

    async def page(self, query: PageQuery) -> PageOf[Any]:
        total = None if query.offset is None else await self._posts.count()
        found = await self._posts.read_page(
            limit=query.limit + 1, after=query.after, offset=query.offset or 0
        )
        return page_of(found, query.limit, total)

    async def page_of_author(self, author_id: UUID, limit: int, after: UUID | None) -> PageOf[Any]:
        await self._require_author(author_id)
        found = await self._posts.read_page_of_author(author_id, limit=limit + 1, after=after)
        return page_of(found, limit)

    async def page_of_authors(self, query: PageQuery) -> PageOf[Mapping[str, Any]]:
        """Users with their `latest_posts`: two statements, however many users."""
        page = await UserService(self._users).page(query)
        ids = [user.id for user in page.items]
        latest = defaultdict[UUID, list[Any]](list)
        for post in await self._posts.read_latest_of_authors(ids, most=LATEST_POSTS):
            latest[post.author_id].append(post)
        authors = [user._asdict() | {"latest_posts": latest[user.id]} for user in page.items]
        return PageOf(authors, page.next, page.total)

    async def publish(self, new: PostCreate) -> Any:
        await self._require_author(new.author_id)
        return await self._posts.add_row(**new.model_dump())

    async def import_all(self, author_id: UUID, posts: Iterable[PostContent]) -> int:
        """Store all or none, and return how many."""
        await self._require_author(author_id)
        return await self._posts.add_rows(
            {"author_id": author_id, **post.model_dump()} for post in posts
        )

    async def change(self, post_id: UUID, change: PostChange) -> Post:
        post = await self._posts.get_to_change(post_id)
        if post is None:
            raise PostNotFound
        return await self._posts.update(post, change.model_dump())

    async def remove(self, post_id: UUID) -> None:
        if not await self._posts.delete(post_id):
            raise PostNotFound

    async def _require_author(self, author_id: UUID) -> None:
        if not await self._users.exists(author_id):
            raise UserNotFound
