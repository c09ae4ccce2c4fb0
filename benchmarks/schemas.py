"""What the two references take and answer: the same JSON as the service."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict, EmailStr

Limit = Annotated[int, Query(ge=1, le=100)]


class UserIn(BaseModel):
    email: EmailStr
    name: str


class UserOut(UserIn):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    created_at: datetime
    updated_at: datetime


class PostIn(BaseModel):
    title: str
    body: str


class PostOut(PostIn):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    author_id: UUID
    created_at: datetime
    updated_at: datetime


class UserWithPosts(UserOut):
    latest_posts: list[PostOut]


class Page(BaseModel):
    items: list[UserOut]
    next: UUID | None
    total: int | None = None


class PageWithPosts(BaseModel):
    items: list[UserWithPosts]
    next: UUID | None
    total: int | None = None
