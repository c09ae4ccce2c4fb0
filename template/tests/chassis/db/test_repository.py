"""What every repository can do, shown on users and posts."""

import tracemalloc
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import InvalidRequestError

from app.chassis.db.database import Database
from app.db.models.user import User
from app.db.repositories.posts import PostRepository
from app.db.repositories.users import UserRepository
from app.errors.users import EmailTaken

from ...resources.posts import post_body
from ...resources.users import store_user, user_body

MEBIBYTE = 1024 * 1024


@contextmanager
def counted_statements() -> Generator[list[str]]:
    """The SQL that SQLAlchemy runs while the block runs."""
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_an_entity_can_be_added_found_changed_and_deleted(database: Database) -> None:
    async with database.transaction() as session:
        users = UserRepository(session)
        user = await users.add(User(**user_body()))
        other = await users.add(User(**user_body()))

        assert await users.get(user.id) is user
        assert await users.get_many([other.id, user.id, uuid4()]) == [user, other]
        assert await users.list(limit=1, after=user.id) == [other]
        assert await users.exists(user.id)
        assert await users.count() == 2
        assert (await users.update(user, {"name": "Ada"})).name == "Ada"
        assert await users.delete(user.id)
        assert not await users.delete(user.id)
        assert not await users.exists(user.id)


async def test_a_row_can_be_added(database: Database) -> None:
    given = user_body()
    async with database.transaction() as session:
        row = await UserRepository(session).add_row(**given)

    assert {"email": row.email, "name": row.name} == given
    assert row.created_at == row.updated_at
    assert await UserRepository(database.reader).read(row.id) == row


async def test_a_row_that_violates_a_constraint_is_refused(database: Database) -> None:
    user = await store_user(database)

    with pytest.raises(EmailTaken):
        async with database.transaction() as session:
            await UserRepository(session).add_row(**user_body(email=user.email))


async def test_rows_and_entities_hold_the_same(database: Database) -> None:
    user = await store_user(database)

    session = database.reader
    row = await UserRepository(session).read(user.id)
    missing = await UserRepository(session).read(uuid4())

    assert row is not None
    assert missing is None
    for column in User.__table__.columns:
        assert getattr(row, column.name) == getattr(user, column.name)


async def test_a_list_with_children_takes_two_statements(database: Database) -> None:
    for _ in range(3):
        await store_user(database, posts=2)

    with counted_statements() as statements:
        users = await UserRepository(database.reader).list_with_latest_posts(limit=10)

    assert [len(user.latest_posts) for user in users] == [2, 2, 2]
    assert len(statements) == 2


async def test_what_was_not_loaded_is_not_loaded_by_accident(database: Database) -> None:
    user = await store_user(database, posts=1)

    session = database.reader
    found = await UserRepository(session).get(user.id)
    assert found is not None
    with pytest.raises(InvalidRequestError, match="lazy='raise'"):
        _ = found.posts


async def test_a_violation_among_many_rows_is_an_error_of_the_service(database: Database) -> None:
    user = user_body()

    with pytest.raises(EmailTaken):
        async with database.transaction() as session:
            await UserRepository(session).add_rows([user, user])


async def test_many_rows_are_inserted_in_chunks_with_flat_memory(database: Database) -> None:
    author = await store_user(database)

    def rows(count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            yield {"author_id": author.id, **post_body(body="x" * 200)}

    async def insert(count: int) -> tuple[int, int]:
        """How many statements it took, and the most memory at a time, in bytes."""
        tracemalloc.reset_peak()
        before = tracemalloc.get_traced_memory()[0]
        with counted_statements() as statements:
            async with database.transaction() as session:
                assert await PostRepository(session).add_rows(rows(count)) == count
        inserts = [statement for statement in statements if statement.startswith("INSERT")]
        return len(inserts), tracemalloc.get_traced_memory()[1] - before

    tracemalloc.start()
    try:
        await insert(1_000)
        few, peak_of_few = await insert(2_000)
        many, peak_of_many = await insert(25_000)
    finally:
        tracemalloc.stop()

    assert (few, many) == (2, 25)
    assert peak_of_many < peak_of_few + MEBIBYTE
