"""A refresh token that is used again: for a moment that is no theft, because answers get lost."""

import asyncio
from datetime import datetime, timedelta

import httpx2
import pytest
from sqlalchemy import select, update

from app.chassis.db.columns import now
from app.chassis.parts.auth.tokens import stored_form
from app.db.models.refresh_token import RefreshToken

from ..chassis.running import Running
from ..resources.accounts import AUTH, ME, bearer, log_in, person, refresh

TABS = 10


@pytest.fixture
async def used(guarded: Running) -> str:
    """A refresh token of which the answer got lost."""
    somebody = await person(guarded)
    token: str = (await log_in(guarded.client, somebody.email)).json()["refresh_token"]
    assert (await refresh(guarded.client, token)).status_code == 200
    return token


async def used_since(service: Running, token: str) -> datetime | None:
    statement = select(RefreshToken.used_at).where(RefreshToken.token_hash == stored_form(token))
    return await service.database.primary_reader.scalar(statement)


async def use_earlier(service: Running, token: str, seconds: float) -> None:
    """As if it had been used so long ago."""
    async with service.database.transaction() as session:
        await session.execute(
            update(RefreshToken)
            .where(RefreshToken.token_hash == stored_form(token))
            .values(used_at=now() - timedelta(seconds=seconds))
        )


async def counts(client: httpx2.AsyncClient, pair: dict[str, str]) -> bool:
    me = await client.get(ME, headers=bearer(pair["access_token"]))
    again = await refresh(client, pair["refresh_token"])
    return (me.status_code, again.status_code) == (200, 200)


async def test_a_refresh_whose_answer_was_lost_is_repeated(guarded: Running, used: str) -> None:
    repeated = await refresh(guarded.client, used)

    assert repeated.status_code == 200
    assert await counts(guarded.client, repeated.json())


async def test_tabs_that_refresh_at_once_all_stay_signed_in(guarded: Running) -> None:
    somebody = await person(guarded)
    token = (await log_in(guarded.client, somebody.email)).json()["refresh_token"]

    async with asyncio.TaskGroup() as tasks:
        tabs = [tasks.create_task(refresh(guarded.client, token)) for _ in range(TABS)]

    pairs = [tab.result().json() for tab in tabs]
    assert len({pair["refresh_token"] for pair in pairs}) == TABS
    assert all([await counts(guarded.client, pair) for pair in pairs])


async def test_once_the_grace_is_over_a_second_use_ends_the_session(
    guarded: Running, used: str
) -> None:
    pair = (await refresh(guarded.client, used)).json()
    await use_earlier(guarded, used, seconds=10)

    assert (await refresh(guarded.client, used)).status_code == 401
    assert (await refresh(guarded.client, pair["refresh_token"])).status_code == 401


async def test_uses_within_the_grace_do_not_prolong_it(guarded: Running, used: str) -> None:
    await use_earlier(guarded, used, seconds=1)
    since = await used_since(guarded, used)

    assert (await refresh(guarded.client, used)).status_code == 200
    assert await used_since(guarded, used) == since


@pytest.mark.usefixtures("without_grace")
async def test_without_a_grace_even_a_clock_that_was_ahead_gives_none(
    guarded: Running, used: str
) -> None:
    await use_earlier(guarded, used, seconds=-60)

    assert (await refresh(guarded.client, used)).status_code == 401


async def test_logging_out_ends_the_grace(guarded: Running, used: str) -> None:
    await guarded.client.post(f"{AUTH}/logout", json={"refresh_token": used})

    assert (await refresh(guarded.client, used)).status_code == 401


async def test_expiry_ends_the_grace(guarded: Running, used: str) -> None:
    async with guarded.database.transaction() as session:
        await session.execute(update(RefreshToken).values(expires_at=now()))

    assert (await refresh(guarded.client, used)).status_code == 401
