"""How routes get the service of posts."""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from ...chassis.http.deps import SessionDep, reader_of
from ...db.repositories.posts import PostRepository
from ...db.repositories.users import UserRepository
from ...services.posts import PostService


async def get_posts(session: SessionDep) -> PostService:
    return PostService(PostRepository(session), UserRepository(session))


async def get_posts_to_read(request: HTTPConnection) -> PostService:
    reader = reader_of(request)
    return PostService(PostRepository(reader), UserRepository(reader))


PostsDep = Annotated[PostService, Depends(get_posts)]
ReadPostsDep = Annotated[PostService, Depends(get_posts_to_read)]
