"""Who calls in these tests."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import httpx2
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.auth import Auth
from app.db.models.account import Account
from app.db.repositories.users import UserRepository

from ..factories import user_body
from ..running import Running

PASSWORD = "correct horse battery staple"
CHEAP = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
"""Not for services: it hashes in no time."""

AUTH = "/api/v1/auth"
ME = "/api/v1/users/me"


@dataclass(frozen=True)
class Person:
    id: UUID
    email: str
    headers: dict[str, str]


def auth_of(service: Running) -> Auth:
    return cast("Auth", service.state["auth"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def person(service: Running, **rights: Any) -> Person:
    """Somebody with an account, straight into the database, and signed in."""
    async with service.database.transaction() as session:
        user = await UserRepository(session).add_row(**user_body())
        account = {"password_hash": CHEAP.hash(PASSWORD)} | rights
        session.add(Account(id=user.id, **account))
    return Person(user.id, user.email, bearer(auth_of(service).access_tokens.issue(user.id)))


async def register(client: httpx2.AsyncClient, **given: Any) -> httpx2.Response:
    body = user_body(**{"password": PASSWORD} | given)
    return await client.post(f"{AUTH}/register", json=body)


async def log_in(
    client: httpx2.AsyncClient, email: str, password: str = PASSWORD
) -> httpx2.Response:
    return await client.post(f"{AUTH}/login", json={"email": email, "password": password})


async def refresh(client: httpx2.AsyncClient, token: str) -> httpx2.Response:
    return await client.post(f"{AUTH}/refresh", json={"refresh_token": token})
