"""Who is signed out is out, whatever is under way and whatever clocks say."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import suppress
from typing import Any

import jwt
import pytest
from pwdlib import PasswordHash
from sqlalchemy import delete, text

from app.chassis.parts.auth.errors import NotSignedIn
from app.chassis.parts.auth.passwords import Passwords
from app.db.models.account import Account
from app.db.repositories.accounts import AccountRepository
from app.schemas.auth import LogIn, Registration, Tokens
from app.services.accounts import AccountService
from app.services.signing_in import SigningInService

from ..chassis.auth.gate import CHEAP, Gated
from ..chassis.running import Running
from ..chassis.waiting import PATIENCE
from ..resources.accounts import ME, PASSWORD, Person, auth_of, bearer, log_in, person, refresh
from .hashing import hashing_with

TRIES = int(os.environ.get("TRIES", "5"))
"""Of each race. What this is about lost the first one of nearly all: more cost time, as with
`TRIES=50 uv run just test -k generations`, and prove little more."""

LOOPS = 4

OUT_IN_SQL = """
    UPDATE accounts SET generation = generation + 1
    WHERE id = (SELECT id FROM users WHERE email = :email)
"""
"""As the how-to has it."""

Ending = Callable[[Running, Person], Awaitable[object]]
Step = Callable[[Tokens], Awaitable[Tokens]]


async def sign_out(service: Running, somebody: Person) -> None:
    accounts = AccountService(service.database, auth_of(service).passwords)
    assert await accounts.sign_out(somebody.email)


async def make_admin(service: Running, somebody: Person) -> None:
    given = {"email": somebody.email, "name": "Root", "password": "known to one"}
    with Passwords(threads=1, waiting=0, hasher=CHEAP) as passwords:
        accounts = AccountService(service.database, passwords)
        await accounts.make_admin(Registration.model_validate(given))


async def sign_out_in_sql(service: Running, somebody: Person) -> None:
    async with service.database.transaction() as session:
        await session.execute(text(OUT_IN_SQL), {"email": somebody.email})


async def go_on(step: Step, tokens: Tokens, going_on: asyncio.Event, over: asyncio.Event) -> Tokens:
    """Until refused, or until it is over; the last pair."""
    with suppress(NotSignedIn):
        while not over.is_set():
            tokens = await step(tokens)
            going_on.set()
    return tokens


async def survivors(service: Running, stranger: Person, step: Step, ending: Ending) -> list[Tokens]:
    """What still counts when all who went on while it ended have come to their end."""
    signing_in = SigningInService(service.database, auth_of(service))
    pairs = [await signing_in.log_in(credentials(stranger)) for _ in range(LOOPS)]
    over, going_on = asyncio.Event(), [asyncio.Event() for _ in pairs]
    async with asyncio.TaskGroup() as tasks:
        loops = [
            tasks.create_task(go_on(step, pair, event, over))
            for pair, event in zip(pairs, going_on, strict=True)
        ]
        for event in going_on:
            await event.wait()
        await ending(service, stranger)
        over.set()
    return [pair for pair in [loop.result() for loop in loops] if await counts(service, pair)]


def credentials(somebody: Person) -> LogIn:
    return LogIn.model_validate({"email": somebody.email, "password": PASSWORD})


async def counts(service: Running, pair: Tokens) -> bool:
    me = await service.client.get(ME, headers=bearer(pair.access_token))
    again = await refresh(service.client, pair.refresh_token)
    return (me.status_code, again.status_code) != (401, 401)


@pytest.mark.parametrize("ending", [sign_out_in_sql, make_admin])
async def test_no_session_outlives_its_end_by_refreshing(guarded: Running, ending: Ending) -> None:
    signing_in = SigningInService(guarded.database, auth_of(guarded))

    async def step(tokens: Tokens) -> Tokens:
        return await signing_in.refresh(tokens.refresh_token)

    for _ in range(TRIES):
        assert await survivors(guarded, await person(guarded), step, ending) == []


async def test_no_stranger_becomes_an_admin_by_logging_in_meanwhile(guarded: Running) -> None:
    """Who registered with the address before, and knows the password that is replaced."""
    signing_in = SigningInService(guarded.database, auth_of(guarded))
    for _ in range(TRIES):
        stranger = await person(guarded)
        given = credentials(stranger)

        async def step(_: Tokens, given: LogIn = given) -> Tokens:
            return await signing_in.log_in(given)

        assert await survivors(guarded, stranger, step, make_admin) == []


async def test_who_refreshes_while_being_signed_out_waits_and_is_refused(guarded: Running) -> None:
    somebody = await person(guarded)
    tokens = (await log_in(guarded.client, somebody.email)).json()
    async with asyncio.TaskGroup() as tasks, guarded.database.transaction() as session:
        await AccountRepository(session).begin_generation(somebody.id)
        refreshing = tasks.create_task(refresh(guarded.client, tokens["refresh_token"]))
        for _ in range(5):  # time enough for one that doesn't wait, on a connection of its own
            await guarded.database.ping()
        assert not refreshing.done()

    assert refreshing.result().status_code == 401


class Slow(Gated):
    """Tells the truth, once its gate is open."""

    def verify_and_update(
        self,
        password: str | bytes,
        hash: str | bytes,  # noqa: A002  # the library calls it so
    ) -> tuple[bool, str | None]:
        self._wait()
        return PasswordHash.verify_and_update(self, password, hash)


@pytest.fixture
def slow(guarded: Running) -> Generator[Slow]:
    with hashing_with(hasher := Slow(), guarded):
        yield hasher


async def log_in_during(service: Running, hasher: Slow, ending: Ending) -> Any:
    """What is answered to a log-in whose password is being checked when it happens."""
    somebody = await person(service)
    async with asyncio.TaskGroup() as tasks:
        login = tasks.create_task(log_in(service.client, somebody.email))
        assert await asyncio.to_thread(hasher.begun.wait, PATIENCE)
        await ending(service, somebody)
        hasher.gate.set()
    return login.result()


async def test_a_password_that_is_replaced_while_it_is_checked_is_wrong(
    guarded: Running, slow: Slow
) -> None:
    assert (await log_in_during(guarded, slow, make_admin)).status_code == 401


async def test_who_logs_in_while_signed_out_elsewhere_is_let_in(
    guarded: Running, slow: Slow
) -> None:
    answer = await log_in_during(guarded, slow, sign_out)

    me = await guarded.client.get(ME, headers=bearer(answer.json()["access_token"]))
    assert (answer.status_code, me.status_code) == (200, 200)


async def remove_account(service: Running, somebody: Person) -> None:
    async with service.database.transaction() as session:
        await session.execute(delete(Account).where(Account.id == somebody.id))


async def test_who_is_removed_while_the_password_is_checked_is_unknown(
    guarded: Running, slow: Slow
) -> None:
    assert (await log_in_during(guarded, slow, remove_account)).status_code == 401


async def test_an_account_that_is_made_again_takes_no_token_of_the_one_before(
    guarded: Running,
) -> None:
    somebody = await person(guarded)
    await remove_account(guarded, somebody)
    await make_admin(guarded, somebody)

    assert (await guarded.client.get(ME, headers=somebody.headers)).status_code == 401


async def test_a_token_of_a_machine_whose_clock_is_behind_counts(guarded: Running) -> None:
    """Even if it says that it is older than the account."""
    somebody = await person(guarded)
    token = somebody.headers["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    (key, *_) = auth_of(guarded).settings.keys()
    typ = jwt.get_unverified_header(token)["typ"]
    earlier = jwt.encode(claims | {"iat": claims["iat"] - 4}, key, headers={"typ": typ})

    assert (await guarded.client.get(ME, headers=bearer(earlier))).status_code == 200
