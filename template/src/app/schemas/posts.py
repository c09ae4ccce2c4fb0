"""Posts over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import MISSING, Field

from ..chassis.schemas.base import FilledText, Input, Output, Text
from ..chassis.schemas.page import Page
from .users import UserRead

MOST_IMPORTED = 10_000
"""Posts that one request may import."""

Title = Annotated[FilledText, Field(max_length=200)]
Body = Annotated[Text, Field(max_length=20_000)]


class PostContent(Input):
    title: Title
    body: Body


class PostCreate(PostContent):
    author_id: UUID


class PostChange(Input):
    """What is left out stays as it is."""

    title: Title | MISSING = MISSING
    body: Body | MISSING = MISSING


class PostImport(Input):
    posts: list[PostContent] = Field(min_length=1, max_length=MOST_IMPORTED, fail_fast=True)


class PostImported(Output):
    count: int
    """How many posts were stored."""


class PostRead(Output):
    id: UUID
    author_id: UUID
    title: str
    body: str
    created_at: datetime
    updated_at: datetime


class UserWithPosts(UserRead):
    latest_posts: list[PostRead]
    """The newest, newest first."""


PostPage = Page[PostRead]
UserWithPostsPage = Page[UserWithPosts]
