"""Units of work: all or nothing, and the client learns which."""

import asyncio
from collections.abc import AsyncGenerator

import httpx2
import pytest
from sqlalchemy import insert, text
from sqlalchemy.exc import InvalidRequestError

from app.api.deps import SessionDep
from app.config import Settings
from app.db.database import Database
from app.db.models.user import User
from app.db.repositories.users import UserRepository
from app.db.session import ReadSession
from app.main import create_app

from ..factories import store_user, user_body
from ..running import Running, running


async def count_users(database: Database) -> int:
    async with database.reading() as session:
        return await UserRepository(session).count()


@pytest.fixture
async def orphans(settings: Settings, migrated: None) -> AsyncGenerator[Running]:
    """A service with a constraint that speaks up at commit only, and a route that violates it."""
    app = create_app(settings)

    @app.post("/orphans", status_code=201)
    async def make_orphan(session: SessionDep) -> dict[str, str]:
        await session.execute(text("INSERT INTO orphans VALUES (1, 2)"))
        return {"made": "an orphan"}

    async with running(app) as service:
        async with service.database.transaction() as session:
            await session.execute(
                text(
                    "CREATE TABLE orphans (id INTEGER PRIMARY KEY, parent INTEGER"
                    " REFERENCES orphans (id) DEFERRABLE INITIALLY DEFERRED)"
                )
            )
        yield service
        async with service.database.transaction() as session:
            await session.execute(text("DROP TABLE orphans"))


async def test_a_commit_that_fails_is_never_answered_with_success(orphans: Running) -> None:
    response = await orphans.client.post("/orphans")

    assert response.status_code == 409
    async with orphans.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM orphans")) == 0


async def test_the_commit_comes_before_the_answer(
    client: httpx2.AsyncClient, database: Database
) -> None:
    response = await client.post("/api/v1/users", json=user_body())

    assert response.status_code == 201
    assert await count_users(database) == 1


async def test_an_error_rolls_everything_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as session:
            await UserRepository(session).add(User(**user_body()))
            raise ZeroDivisionError

    assert await count_users(database) == 0


async def test_a_cancelled_unit_of_work_is_rolled_back(database: Database) -> None:
    added = asyncio.Event()

    async def work() -> None:
        async with database.transaction() as session:
            await UserRepository(session).add(User(**user_body()))
            added.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(work())
        await added.wait()
        task.cancel()

    assert task.cancelled()
    assert await count_users(database) == 0
    await store_user(database)
    assert await count_users(database) == 1, "what was cancelled holds neither connection nor lock"


async def test_a_cancelled_request_is_rolled_back(settings: Settings, migrated: None) -> None:
    app = create_app(settings)
    added = asyncio.Event()

    @app.post("/slow")
    async def add_and_wait(session: SessionDep) -> None:
        await UserRepository(session).add(User(**user_body()))
        added.set()
        await asyncio.Event().wait()

    async with running(app) as service:
        async with asyncio.TaskGroup() as tasks:
            request = tasks.create_task(service.client.post("/slow"))
            await added.wait()
            request.cancel()

        assert request.cancelled()
        assert await count_users(service.database) == 0
        response = await service.client.post("/api/v1/users", json=user_body())
        assert response.status_code == 201, "the connection is back, and no lock is left"
        await service.client.delete(response.headers["location"])


async def test_a_read_session_refuses_to_write(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(RuntimeError, match="only reads"):
            await session.execute(insert(User).values(**user_body()))
        session.add(User(**user_body()))
        with pytest.raises(RuntimeError, match="only reads"):
            await session.flush()

    assert await count_users(database) == 0


async def test_a_closed_session_stays_closed(database: Database) -> None:
    async with database.transaction() as session:
        pass

    with pytest.raises(InvalidRequestError):
        await session.execute(text("SELECT 1"))


async def test_concurrent_reads_have_sessions_of_their_own(database: Database) -> None:
    user = await store_user(database)
    sessions: set[int] = set()

    async def read(session: ReadSession) -> str:
        sessions.add(id(session))
        row = await UserRepository(session).read(user.id)
        assert row is not None
        await asyncio.sleep(0.01)
        email: str = row.email
        return email

    assert await database.concurrently(read, read, read) == [user.email] * 3
    assert len(sessions) == 3


async def test_a_failing_read_cancels_the_others(database: Database) -> None:
    cancelled = asyncio.Event()

    async def wait(_: ReadSession) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    async def fail(_: ReadSession) -> None:
        await asyncio.sleep(0)
        raise ZeroDivisionError

    with pytest.RaisesGroup(ZeroDivisionError):
        await database.concurrently(wait, fail)
    assert cancelled.is_set()
