"""Posts: all of them at `/api/v1/posts`, and those of one user."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from ...chassis.http.deps import PageDep
from ...chassis.http.document import problems
from ...chassis.http.operations import link
from ...errors.users import UserNotFound
from ...schemas.posts import (
    PostChange,
    PostCreate,
    PostImport,
    PostImported,
    PostPage,
    PostRead,
    UserWithPostsPage,
)
from ..deps.posts import PostsDep, ReadPostsDep

router = APIRouter(prefix="/api/v1", tags=["posts"])

IMPORT_BODY = 8 * 1024 * 1024
"""Largest body of an import, in bytes."""


@router.get("/posts")
async def list_posts(posts: ReadPostsDep, page: PageDep) -> PostPage:
    """Posts in order of creation."""
    return PostPage.model_validate(await posts.page(page))


@router.get("/posts/{post_id}")
async def read_post(posts: ReadPostsDep, post_id: UUID) -> PostRead:
    """One post."""
    return PostRead.model_validate(await posts.get(post_id))


@router.post("/posts", status_code=HTTPStatus.CREATED, responses=problems(UserNotFound))
async def publish_post(
    posts: PostsDep, new: PostCreate, request: Request, response: Response
) -> PostRead:
    """Publish a post of a user."""
    post = PostRead.model_validate(await posts.publish(new))
    response.headers["Location"] = link(request, f"{router.prefix}/posts/{post.id}")
    return post


@router.patch("/posts/{post_id}")
async def change_post(posts: PostsDep, post_id: UUID, change: PostChange) -> PostRead:
    """Change what is given; what is left out stays."""
    return PostRead.model_validate(await posts.change(post_id, change))


@router.delete("/posts/{post_id}", status_code=HTTPStatus.NO_CONTENT)
async def remove_post(posts: PostsDep, post_id: UUID) -> None:
    """Remove a post."""
    await posts.remove(post_id)


@router.get("/users/with-posts")
async def list_users_with_posts(posts: ReadPostsDep, page: PageDep) -> UserWithPostsPage:
    """Users in order of creation, each with the latest posts; `/users/{user_id}/posts` has all."""
    return UserWithPostsPage.model_validate(await posts.page_of_authors(page))


@router.get("/users/{user_id}/posts")
async def list_posts_of_user(
    posts: ReadPostsDep,
    user_id: UUID,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    after: UUID | None = None,
) -> PostPage:
    """The posts of one user in order of creation."""
    return PostPage.model_validate(await posts.page_of_author(user_id, limit, after))


@router.post(
    "/users/{user_id}/posts/import",
    status_code=HTTPStatus.CREATED,
    max_body_size=IMPORT_BODY,
)
async def import_posts(posts: PostsDep, user_id: UUID, new: PostImport) -> PostImported:
    """Store many posts of a user at once: all of them or none."""
    return PostImported(count=await posts.import_all(user_id, new.posts))
