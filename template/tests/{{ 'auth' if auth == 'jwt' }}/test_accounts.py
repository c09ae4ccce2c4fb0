"""Accounts over HTTP: who is known, who is out, and what a log-in costs others."""

import asyncio
from dataclasses import replace

import pytest
from pwdlib import PasswordHash
from sqlalchemy import text, update

from app.chassis.db.database import Database
from app.chassis.parts.auth.passwords import Passwords
from app.db.models.account import Account

from ..chassis.auth.gate import CHEAP, Gated
from ..chassis.running import Running
from ..chassis.waiting import PATIENCE
from ..resources.accounts import ME, PASSWORD, auth_of, log_in, person, register


async def test_me_is_the_one_who_is_signed_in(guarded: Running) -> None:
    """Not a user with the id "me"."""
    somebody = await person(guarded, is_admin=True)

    response = await guarded.client.get(ME, headers=somebody.headers)

    assert response.status_code == 200
    assert response.json()["id"] == str(somebody.id)
    assert response.json()["is_admin"] is True
    assert response.headers["cache-control"] == "no-store"


async def test_somebody_else_cannot_tell_whether_a_user_exists(guarded: Running) -> None:
    one, other = await person(guarded), await person(guarded)
    unknown = other.id.hex[::-1]

    answers = [
        await guarded.client.get(f"/api/v1/users/{user_id}", headers=one.headers)
        for user_id in (other.id, unknown)
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_a_deactivated_account_is_forbidden_at_once(guarded: Running) -> None:
    somebody = await person(guarded)
    async with guarded.database.transaction() as session:
        await session.execute(
            update(Account).where(Account.id == somebody.id).values(is_active=False)
        )

    response = await guarded.client.get(ME, headers=somebody.headers)

    assert response.status_code == 403
    assert response.json()["type"] == "urn:problem-type:account-deactivated"


async def test_a_user_who_is_gone_is_signed_out(guarded: Running) -> None:
    somebody = await person(guarded)
    path = f"/api/v1/users/{somebody.id}"
    removed = await guarded.client.delete(path, headers=somebody.headers)

    response = await guarded.client.get(ME, headers=somebody.headers)

    assert (removed.status_code, response.status_code) == (204, 401)


async def test_a_hash_with_other_parameters_is_replaced_at_the_next_login(
    guarded: Running, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = await person(guarded, password_hash=CHEAP.hash(PASSWORD))
    with Passwords(threads=1, waiting=0, hasher=PasswordHash.recommended()) as costly:
        monkeypatch.setitem(guarded.state, "auth", replace(auth_of(guarded), passwords=costly))
        statuses = [(await log_in(guarded.client, somebody.email)).status_code for _ in range(2)]

    async with database.reader.entities() as session:
        stored = await session.scalar(text("SELECT password_hash FROM accounts"))
    assert statuses == [200, 200]
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_too_many_logins_are_answered_503_and_nobody_else_notices(
    guarded: Running, hasher: Gated
) -> None:
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(log_in(guarded.client, "a@example.org"))
        assert await asyncio.to_thread(hasher.begun.wait, PATIENCE)
        refused = await log_in(guarded.client, "a@example.org")
        ready = await guarded.client.get("/health/ready")
        hasher.gate.set()

    assert ready.status_code == 200
    assert waiting.result().status_code == 401
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["type"] == "urn:problem-type:too-many-passwords"


async def test_no_connection_is_held_while_a_password_is_hashed(
    guarded: Running, hasher: Gated
) -> None:
    """A unit of work that begins before would starve the others: SQLite has one writer."""
    async with asyncio.TaskGroup() as tasks:
        registration = tasks.create_task(register(guarded.client))
        assert await asyncio.to_thread(hasher.begun.wait, PATIENCE)
        async with guarded.database.transaction() as session:
            await session.execute(text("DELETE FROM refresh_tokens"))
        assert not registration.done()
        hasher.gate.set()

    assert registration.result().status_code == 201
