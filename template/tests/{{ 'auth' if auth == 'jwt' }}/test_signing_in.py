"""Registering, logging in, refreshing and logging out, over HTTP."""

import asyncio
import json

import httpx2
import pytest
from sqlalchemy import text

from app.chassis.db.database import Database
from app.db.repositories.refresh_tokens import RefreshTokenRepository

from ..chassis.running import Running
from ..resources.accounts import AUTH, ME, PASSWORD, bearer, log_in, person, refresh, register
from ..resources.users import user_body

RACERS = 10


async def signed_in(client: httpx2.AsyncClient, service: Running) -> dict[str, str]:
    """The tokens of somebody new."""
    somebody = await person(service)
    tokens: dict[str, str] = (await log_in(client, somebody.email)).json()
    return tokens


async def test_who_registers_can_log_in_and_is_known(anonymous: httpx2.AsyncClient) -> None:
    user = await register(anonymous, email="Ada@Example.org")
    tokens = await log_in(anonymous, "ADA@example.ORG")
    me = await anonymous.get(ME, headers=bearer(tokens.json()["access_token"]))

    assert user.status_code == 201
    assert user.headers["location"] == f"/api/v1/users/{user.json()['id']}"
    assert tokens.json().keys() == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (tokens.json()["token_type"], tokens.json()["expires_in"]) == ("Bearer", 900)
    assert me.json() == user.json() | {"is_admin": False}
    assert {r.headers["cache-control"] for r in (user, tokens, me)} == {"no-store"}


@pytest.mark.parametrize("wish", ["is_admin", "is_active", "role", "id", "password_hash"])
async def test_nobody_registers_with_rights(anonymous: httpx2.AsyncClient, wish: str) -> None:
    response = await register(anonymous, **{wish: True})

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", wish]


async def test_of_many_registrations_of_one_email_one_wins(
    anonymous: httpx2.AsyncClient, database: Database
) -> None:
    spellings = ["race@example.org", "Race@Example.org"] * (RACERS // 2)
    async with asyncio.TaskGroup() as tasks:
        racers = [tasks.create_task(register(anonymous, email=email)) for email in spellings]
    statuses = sorted(racer.result().status_code for racer in racers)

    assert statuses == [201] + [409] * (RACERS - 1)
    async with database.reader.entities() as session:
        assert await session.scalar(text("SELECT count(*) FROM accounts")) == 1


@pytest.mark.parametrize(
    "password",
    ["short12", "x" * 129, "x" * 1_000_000, "\ud800" * 8, None, 12345678],
    ids=["7 characters", "129 characters", "a million", "surrogates", "null", "a number"],
)
async def test_a_password_that_is_too_short_or_too_long_is_refused_before_hashing(
    anonymous: httpx2.AsyncClient, password: object
) -> None:
    response = await anonymous.post(
        f"{AUTH}/register",
        content=json.dumps(user_body(password=password)),
        headers={"content-type": "application/json"},
    )

    assert response.status_code == 422
    assert response.json()["errors"][0]["loc"] == ["body", "password"]
    assert str(password)[:7] not in response.text


@pytest.mark.parametrize(
    "password", [" 8 chars", "x" * 128, "пароль-é", "nul\x00nul\x00"], ids=repr
)
async def test_a_password_may_hold_what_it_wants(
    anonymous: httpx2.AsyncClient, password: str
) -> None:
    """Every character counts, blanks at the ends too."""
    user = (await register(anonymous, password=password)).json()

    assert (await log_in(anonymous, user["email"], password)).status_code == 200
    assert (await log_in(anonymous, user["email"], password.strip() + "x")).status_code in {
        401,
        422,
    }
    assert (await log_in(anonymous, user["email"], password[1:])).status_code == 401


async def test_a_wrong_password_and_an_unknown_user_look_the_same(guarded: Running) -> None:
    somebody = await person(guarded)

    wrong = await log_in(guarded.client, somebody.email, "wrong password")
    unknown = await log_in(guarded.client, "nobody@example.org")

    assert wrong.status_code == unknown.status_code == 401
    without_id = [
        {k: v for k, v in r.json().items() if k != "request_id"} for r in (wrong, unknown)
    ]
    assert without_id[0] == without_id[1]
    assert wrong.headers["www-authenticate"] == unknown.headers["www-authenticate"] == "Bearer"


async def test_a_user_without_an_account_cannot_log_in(
    anonymous: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    user = (await client.post("/api/v1/users", json=user_body())).json()

    assert (await log_in(anonymous, user["email"])).status_code == 401


async def test_a_deactivated_account_gets_no_tokens(guarded: Running, database: Database) -> None:
    somebody = await person(guarded)
    tokens = (await log_in(guarded.client, somebody.email)).json()
    async with database.transaction() as session:
        await session.execute(text("UPDATE accounts SET is_active = false"))

    logged_in = await log_in(guarded.client, somebody.email)
    refreshed = await refresh(guarded.client, tokens["refresh_token"])
    guessed = await log_in(guarded.client, somebody.email, "wrong password")

    assert (logged_in.status_code, refreshed.status_code) == (403, 403)
    assert guessed.status_code == 401, "only the one with the password learns of it"


@pytest.mark.usefixtures("without_grace")
async def test_a_refresh_token_gives_a_new_pair_once(guarded: Running) -> None:
    tokens = await signed_in(guarded.client, guarded)

    second = await refresh(guarded.client, tokens["refresh_token"])
    me = await guarded.client.get(ME, headers=bearer(second.json()["access_token"]))
    again = await refresh(guarded.client, tokens["refresh_token"])

    assert (second.status_code, me.status_code, again.status_code) == (200, 200, 401)
    assert second.json()["refresh_token"] != tokens["refresh_token"]
    assert again.headers["www-authenticate"] == "Bearer"


@pytest.mark.usefixtures("without_grace")
async def test_of_many_uses_of_one_refresh_token_one_succeeds(guarded: Running) -> None:
    tokens = await signed_in(guarded.client, guarded)
    async with asyncio.TaskGroup() as tasks:
        racers = [
            tasks.create_task(refresh(guarded.client, tokens["refresh_token"]))
            for _ in range(RACERS)
        ]
    statuses = sorted(racer.result().status_code for racer in racers)

    assert statuses == [200] + [401] * (RACERS - 1)


@pytest.mark.usefixtures("without_grace")
async def test_using_a_refresh_token_again_ends_the_whole_session(guarded: Running) -> None:
    """And no other: whoever stole one has nothing, and neither has the robbed one, who notices."""
    stolen = await signed_in(guarded.client, guarded)
    elsewhere = await signed_in(guarded.client, guarded)
    second = (await refresh(guarded.client, stolen["refresh_token"])).json()
    third = (await refresh(guarded.client, second["refresh_token"])).json()

    await refresh(guarded.client, stolen["refresh_token"])

    assert (await refresh(guarded.client, third["refresh_token"])).status_code == 401
    assert (await refresh(guarded.client, elsewhere["refresh_token"])).status_code == 200


@pytest.mark.usefixtures("without_grace")
async def test_a_reuse_that_meets_a_refresh_leaves_nothing_valid(guarded: Running) -> None:
    """Whichever comes first: the successor must not slip through."""
    for _ in range(RACERS):
        first = await signed_in(guarded.client, guarded)
        second = (await refresh(guarded.client, first["refresh_token"])).json()
        async with asyncio.TaskGroup() as tasks:
            reuse = tasks.create_task(refresh(guarded.client, first["refresh_token"]))
            racing = tasks.create_task(refresh(guarded.client, second["refresh_token"]))

        assert reuse.result().status_code == 401
        if racing.result().status_code == 200:
            third = racing.result().json()["refresh_token"]
            assert (await refresh(guarded.client, third)).status_code == 401


async def test_logging_out_ends_the_session(guarded: Running) -> None:
    tokens = await signed_in(guarded.client, guarded)
    body = {"refresh_token": tokens["refresh_token"]}

    out = [await guarded.client.post(f"{AUTH}/logout", json=body) for _ in range(2)]

    assert [response.status_code for response in out] == [204, 204]
    assert out[0].headers["cache-control"] == "no-store"
    assert (await refresh(guarded.client, tokens["refresh_token"])).status_code == 401


@pytest.mark.parametrize("token", ["unknown", "x" * 201, "", "nul\x00", "ä", None, 1])
async def test_an_unknown_refresh_token_is_refused(
    anonymous: httpx2.AsyncClient, token: object
) -> None:
    response = await anonymous.post(f"{AUTH}/refresh", json={"refresh_token": token})

    assert response.status_code == (401 if token in {"unknown", "ä"} else 422)


async def test_an_access_token_is_no_refresh_token(guarded: Running) -> None:
    tokens = await signed_in(guarded.client, guarded)

    assert (await refresh(guarded.client, tokens["access_token"])).status_code in {401, 422}


async def test_an_expired_refresh_token_is_refused_and_later_deleted(
    guarded: Running, database: Database
) -> None:
    somebody = await person(guarded)
    tokens = (await log_in(guarded.client, somebody.email)).json()
    async with database.transaction() as session:
        await session.execute(text("UPDATE refresh_tokens SET expires_at = '2020-01-01'"))

    response = await refresh(guarded.client, tokens["refresh_token"])
    await log_in(guarded.client, somebody.email)

    assert response.status_code == 401
    assert await RefreshTokenRepository(database.reader).count() == 1


async def test_the_database_holds_neither_passwords_nor_tokens(
    guarded: Running, database: Database
) -> None:
    user = (await register(guarded.client)).json()
    tokens = (await log_in(guarded.client, user["email"])).json()

    async with database.reader.entities() as session:
        hashes = [await session.scalar(text("SELECT password_hash FROM accounts"))]
        hashes.append(await session.scalar(text("SELECT token_hash FROM refresh_tokens")))
    assert hashes[0].startswith("$argon2id$")
    assert len(hashes[1]) == 64
    assert not {PASSWORD, tokens["refresh_token"]} & set(hashes)
