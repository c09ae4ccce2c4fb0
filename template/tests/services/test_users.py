"""What the services decide, without HTTP."""

from uuid import uuid4

import pytest

from app.chassis.db.database import Database
from app.db.repositories.users import UserRepository
from app.errors.users import EmailTaken, UserNotFound
from app.schemas.users import UserChange, UserCreate
from app.services.users import UserService

from ..resources.users import user_body


async def test_a_user_is_registered_and_read_by_the_same_service(database: Database) -> None:
    async with database.transaction() as session:
        users = UserService(UserRepository(session))
        user = await users.register(UserCreate(**user_body()))

        assert (await users.get(user.id)).email == user.email


async def test_a_taken_email_is_an_error_of_the_service(database: Database) -> None:
    new = UserCreate(**user_body())

    with pytest.raises(EmailTaken):
        async with database.transaction() as session:
            users = UserService(UserRepository(session))
            await users.register(new)
            await users.register(new)


async def test_an_unknown_user_is_an_error_of_the_service(database: Database) -> None:
    async with database.transaction() as session:
        users = UserService(UserRepository(session))

        with pytest.raises(UserNotFound):
            await users.get(uuid4())
        with pytest.raises(UserNotFound):
            await users.change(uuid4(), UserChange())
        with pytest.raises(UserNotFound):
            await users.remove(uuid4())
