"""Whoever decides who may do what asks the primary: a replica lags behind."""

from sqlalchemy import update

from app.db.models.account import Account

from ...chassis.running import Running
from ...resources.accounts import ME, bearer, log_in, person, refresh, register


async def test_who_has_just_registered_is_let_in_and_known(lagging: Running) -> None:
    client = lagging.client
    user = (await register(client)).json()
    tokens = (await log_in(client, user["email"])).json()
    again = (await refresh(client, tokens["refresh_token"])).json()

    me = await client.get(ME, headers=bearer(again["access_token"]))

    assert me.json() == user | {"is_admin": False}


async def test_who_is_deactivated_is_out_at_once(lagging: Running) -> None:
    somebody = await person(lagging)
    assert (await lagging.client.get(ME, headers=somebody.headers)).status_code == 200

    async with lagging.database.transaction() as session:
        statement = update(Account).where(Account.id == somebody.id).values(is_active=False)
        await session.execute(statement)

    assert (await lagging.client.get(ME, headers=somebody.headers)).status_code == 403
