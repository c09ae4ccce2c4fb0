"""What every route may ask for. Import the `…Dep` aliases: the same dependency in two forms would
be two sessions."""

from collections.abc import AsyncGenerator
from typing import Annotated, TypedDict

from fastapi import Depends, Query
from fastapi.requests import HTTPConnection

from ..config import ChassisSettings
from ..db.database import Database
from ..db.session import ReadSession, Session
from ..draining import Draining
from ..readiness import Readiness
from ..schemas.page import PageQuery


class State(TypedDict):
    """What the lifespan opens and every request can reach."""

    settings: ChassisSettings
    database: Database
    draining: Draining
    readiness: Readiness


def state_of(request: HTTPConnection) -> State:
    state: State = request.scope["state"]
    return state


# They take `HTTPConnection`, so that WebSockets may ask for them, too.
# Providers are async also where nothing waits: FastAPI would run the others in a thread.
async def get_state(request: HTTPConnection) -> State:
    return state_of(request)


StateDep = Annotated[State, Depends(get_state)]


async def get_session(request: HTTPConnection) -> AsyncGenerator[Session]:
    async with state_of(request)["database"].transaction() as session:
        yield session


def reader_of(request: HTTPConnection) -> ReadSession:
    return state_of(request)["database"].reader


def primary_reader_of(request: HTTPConnection) -> ReadSession:
    return state_of(request)["database"].primary_reader


async def get_read_session(request: HTTPConnection) -> ReadSession:
    return reader_of(request)


# The scope makes it end before the answer is sent: a commit that fails is an error, never a 201.
SessionDep = Annotated[Session, Depends(get_session, scope="function")]
ReadSessionDep = Annotated[ReadSession, Depends(get_read_session)]

PageDep = Annotated[PageQuery, Query()]
