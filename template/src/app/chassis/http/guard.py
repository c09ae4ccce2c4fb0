"""Who may do what: one line per operation. An operation without a line needs an active account.

A rule that knows from the path alone refuses with 403 whether the thing exists or not, and tells
nothing about it.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from ..schemas.posts import PostCreate
from .current_user import ActiveUserDep, get_active_user, get_admin_user
from .deps import PostsDep

Rule = Callable[..., Coroutine[Any, Any, Any]]

everybody = None
users = get_active_user
admins = get_admin_user


async def oneself_or_admins(account: ActiveUserDep, user_id: UUID) -> None:
    if account.id != user_id:
        await admins(account)


async def author_or_admins(account: ActiveUserDep, posts: PostsDep, post_id: UUID) -> None:
    # In the route's own unit of work: what only reads may see what was true before.
    if not account.is_admin:
        await oneself_or_admins(account, (await posts.get(post_id)).author_id)


async def future_author_or_admins(account: ActiveUserDep, new: PostCreate) -> None:
    await oneself_or_admins(account, new.author_id)


RULES: Mapping[str, Rule | None] = {
    "GET /health/live": everybody,
    "GET /health/ready": everybody,
    "POST /api/v1/auth/register": everybody,
    "POST /api/v1/auth/login": everybody,
    "POST /api/v1/auth/refresh": everybody,
    "POST /api/v1/auth/logout": everybody,
    "GET /api/v1/users/me": users,
    "GET /api/v1/users": admins,
    "GET /api/v1/users/with-posts": admins,
    "POST /api/v1/users": admins,
    "GET /api/v1/users/{user_id}": oneself_or_admins,
    "PATCH /api/v1/users/{user_id}": oneself_or_admins,
    "DELETE /api/v1/users/{user_id}": oneself_or_admins,
    "GET /api/v1/users/{user_id}/posts": users,
    "POST /api/v1/users/{user_id}/posts/import": oneself_or_admins,
    "GET /api/v1/posts": users,
    "GET /api/v1/posts/{post_id}": users,
    "POST /api/v1/posts": future_author_or_admins,
    "PATCH /api/v1/posts/{post_id}": author_or_admins,
    "DELETE /api/v1/posts/{post_id}": author_or_admins,
}


def guarded(routers: Iterable[APIRouter]) -> Iterator[APIRouter]:
    """Their routes in the same order, each behind its rule."""
    for router in routers:
        for route in router.routes:
            guard = APIRouter()
            rules = [Depends(rule) for rule in rules_of(route)]
            guard.include_router(APIRouter(routes=[route]), dependencies=rules)
            yield guard


def rules_of(route: BaseRoute) -> list[Rule]:
    """All that hold for it; none when everybody may do it."""
    if not isinstance(route, APIRoute):
        return [users]
    operations = [f"{method} {route.path}" for method in sorted(route.methods or ())]
    rules = [RULES.get(operation, users) for operation in operations]
    return [rule for rule in rules if rule]
