"""What routes ask for. Import the `…Dep` aliases: the same dependency in two forms would be two
sessions."""

from collections.abc import AsyncGenerator
from typing import Annotated, TypedDict, cast

from fastapi import Depends, Query, Request

from ..config import Settings
from ..db.database import Database
from ..db.repositories.posts import PostRepository
from ..db.repositories.users import UserRepository
from ..db.session import ReadSession, Session
from ..draining import Draining
from ..schemas.page import PageQuery
from ..services.posts import PostService
from ..services.users import UserService


class State(TypedDict):
    """What the lifespan opens and every request can reach."""

    settings: Settings
    database: Database
    draining: Draining


def state_of(request: Request) -> State:
    return cast("State", request.state)


# Providers are async also where nothing waits: FastAPI would run the others in a thread.
async def get_state(request: Request) -> State:
    return state_of(request)


StateDep = Annotated[State, Depends(get_state)]


async def get_session(request: Request) -> AsyncGenerator[Session]:
    async with state_of(request)["database"].transaction() as session:
        yield session


def reader_of(request: Request) -> ReadSession:
    return state_of(request)["database"].reader


def primary_reader_of(request: Request) -> ReadSession:
    return state_of(request)["database"].primary_reader


async def get_read_session(request: Request) -> ReadSession:
    return reader_of(request)


# The scope makes it end before the answer is sent: a commit that fails is an error, never a 201.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
ReadSessionDep = Annotated[ReadSession, Depends(get_read_session)]


async def get_users(session: SessionDep) -> UserService:
    return UserService(UserRepository(session))


async def get_users_to_read(request: Request) -> UserService:
    return UserService(UserRepository(reader_of(request)))


async def get_posts(session: SessionDep) -> PostService:
    return PostService(PostRepository(session), UserRepository(session))


async def get_posts_to_read(request: Request) -> PostService:
    reader = reader_of(request)
    return PostService(PostRepository(reader), UserRepository(reader))


UsersDep = Annotated[UserService, Depends(get_users)]
ReadUsersDep = Annotated[UserService, Depends(get_users_to_read)]
PostsDep = Annotated[PostService, Depends(get_posts)]
ReadPostsDep = Annotated[PostService, Depends(get_posts_to_read)]

PageDep = Annotated[PageQuery, Query()]
