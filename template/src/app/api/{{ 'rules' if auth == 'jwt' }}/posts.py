"""Who may do what with posts."""

from uuid import UUID

from ...chassis.http.guard import Rules
from ...schemas.posts import PostCreate
from ..callers import admins, oneself_or_admins, users
from ..deps.accounts import ActiveUserDep
from ..deps.posts import PostsDep


async def author_or_admins(account: ActiveUserDep, posts: PostsDep, post_id: UUID) -> None:
    # In the route's own unit of work: what only reads may see what was true before.
    if not account.is_admin:
        await oneself_or_admins(account, (await posts.get(post_id)).author_id)


async def future_author_or_admins(account: ActiveUserDep, new: PostCreate) -> None:
    await oneself_or_admins(account, new.author_id)


RULES: Rules = {
    "GET /api/v1/users/with-posts": admins,
    "GET /api/v1/users/{user_id}/posts": users,
    "POST /api/v1/users/{user_id}/posts/import": oneself_or_admins,
    "GET /api/v1/posts": users,
    "GET /api/v1/posts/{post_id}": users,
    "POST /api/v1/posts": future_author_or_admins,
    "PATCH /api/v1/posts/{post_id}": author_or_admins,
    "DELETE /api/v1/posts/{post_id}": author_or_admins,
}
