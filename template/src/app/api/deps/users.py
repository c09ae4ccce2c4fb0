"""How routes get the service of users."""

from typing import Annotated

from fastapi import Depends
from fastapi.requests import HTTPConnection

from ...chassis.http.deps import SessionDep, reader_of
from ...db.repositories.users import UserRepository
from ...services.users import UserService


async def get_users(session: SessionDep) -> UserService:
    return UserService(UserRepository(session))


async def get_users_to_read(request: HTTPConnection) -> UserService:
    return UserService(UserRepository(reader_of(request)))


UsersDep = Annotated[UserService, Depends(get_users)]
ReadUsersDep = Annotated[UserService, Depends(get_users_to_read)]
