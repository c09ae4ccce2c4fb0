"""Operators who do the same at once, and strangers meanwhile: each command does what it says."""

import asyncio
from collections.abc import Generator

import pytest

from app.chassis.errors import ServiceError
from app.chassis.parts.auth.passwords import Passwords
from app.config import Settings
from app.schemas.auth import Registration
from app.services.accounts import AccountService

from ..chassis.auth.gate import CHEAP
from ..chassis.forking import forker
from ..chassis.running import Running
from ..letting_in import sign_in_admin
from ..resources.accounts import ME, PASSWORD, bearer, log_in, person, register
from ..resources.users import store_user, user_body
from .commands import run_command

TRIES = 10
AT_ONCE = 4


@pytest.fixture
def accounts(guarded: Running) -> Generator[AccountService]:
    with Passwords(threads=AT_ONCE, waiting=0, hasher=CHEAP) as passwords:
        yield AccountService(guarded.database, passwords)


def root(email: str) -> Registration:
    return Registration.model_validate({"email": email, "name": "Root", "password": PASSWORD})


async def is_admin(service: Running, email: str) -> bool:
    tokens = (await log_in(service.client, email)).json()
    me = await service.client.get(ME, headers=bearer(tokens["access_token"]))
    return bool(me.json()["is_admin"])


async def make_admin_at_once(accounts: AccountService, email: str) -> None:
    async with asyncio.TaskGroup() as tasks:
        for _ in range(AT_ONCE):
            tasks.create_task(accounts.make_admin(root(email)))


async def test_an_admin_who_is_made_several_times_at_once_is_made(
    guarded: Running, accounts: AccountService
) -> None:
    for number in range(TRIES):
        await make_admin_at_once(accounts, f"root{number}@example.org")
        assert await is_admin(guarded, f"root{number}@example.org")


async def test_so_is_one_who_was_a_user_without_an_account(
    guarded: Running, accounts: AccountService
) -> None:
    for _ in range(TRIES):
        user = await store_user(guarded.database)
        await make_admin_at_once(accounts, user.email)
        assert await is_admin(guarded, user.email)


async def test_who_registers_meanwhile_keeps_no_admin_from_being_made(
    guarded: Running, accounts: AccountService
) -> None:
    for _ in range(TRIES):
        given = user_body(password="known to a stranger")
        async with asyncio.TaskGroup() as tasks:
            stranger = tasks.create_task(register(guarded.client, **given))
            tasks.create_task(accounts.make_admin(root(given["email"])))

        assert stranger.result().status_code in {201, 409}
        assert (await log_in(guarded.client, given["email"], given["password"])).status_code == 401
        assert await is_admin(guarded, given["email"])


async def made(accounts: AccountService, email: str) -> bool:
    """Or refused, as the command says in a sentence."""
    try:
        await accounts.make_admin(root(email))
    except ServiceError:
        return False
    return True


async def test_a_user_who_is_deleted_meanwhile_is_an_admin_or_gone(
    guarded: Running, accounts: AccountService, settings: Settings
) -> None:
    headers = await sign_in_admin(guarded.database, settings)
    for _ in range(TRIES):
        user = await store_user(guarded.database)
        async with asyncio.TaskGroup() as tasks:
            gone = tasks.create_task(
                guarded.client.delete(f"/api/v1/users/{user.id}", headers=headers)
            )
            promoted = tasks.create_task(made(accounts, user.email))

        assert gone.result().status_code in {204, 404, 409, 503}
        can_sign_in = (await log_in(guarded.client, user.email)).status_code == 200
        assert not can_sign_in or await is_admin(guarded, user.email)
        assert can_sign_in or gone.result().status_code == 204 or not promoted.result()


async def run_twice(name: str, settings: Settings, email: str) -> list[tuple[int, str, str]]:
    """What two processes that run at once end with and print; logs aside."""
    forker()
    async with asyncio.TaskGroup() as tasks:
        runs = [
            tasks.create_task(
                asyncio.to_thread(run_command, name, settings, email, ADMIN_PASSWORD=PASSWORD)
            )
            for _ in range(2)
        ]
    done = [run.result() for run in runs]
    return [(run.returncode, run.stdout, run.stderr) for run in done]


@pytest.mark.thorough
async def test_two_commands_that_make_one_admin_both_say_so(
    settings: Settings, guarded: Running
) -> None:
    email = "root@example.org"

    ends = await run_twice("create-admin", settings, email)

    assert [end[:2] for end in ends] == [(0, f"{email} may do everything now.\n")] * 2, ends
    assert await is_admin(guarded, email)


@pytest.mark.thorough
async def test_two_commands_that_sign_out_one_user_both_say_so(
    settings: Settings, guarded: Running
) -> None:
    somebody = await person(guarded)

    ends = await run_twice("sign-out", settings, somebody.email)

    assert [end[:2] for end in ends] == [
        (0, f"{somebody.email} is signed out everywhere.\n")
    ] * 2, ends
    assert (await guarded.client.get(ME, headers=somebody.headers)).status_code == 401
