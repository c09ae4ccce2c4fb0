"""Users: each call makes a new one, arguments say what matters to the test."""

from itertools import count
from typing import Any

import httpx2

from app.chassis.db.database import Database
from app.db.models.user import User

from ..chassis.yours.seeds import Known, Seeds

_number = count(1)


def user_body(**given: Any) -> dict[str, Any]:
    return {"email": f"user{next(_number)}@example.org", "name": "Ada Lovelace"} | given


async def register(client: httpx2.AsyncClient, **given: Any) -> dict[str, Any]:
    """A user, made over HTTP, as it was answered."""
    response = await client.post("/api/v1/users", json=user_body(**given))
    assert response.status_code == 201, response.text
    user: dict[str, Any] = response.json()
    return user


async def store_user(database: Database) -> User:
    """A user, straight into the database."""
    user = User(**user_body())
    async with database.transaction() as session:
        session.add(user)
    return user


async def some_user(client: httpx2.AsyncClient, _: Known) -> str:
    user_id: str = (await register(client))["id"]
    return user_id


SEEDS: Seeds = {"user_id": some_user}
