"""Whether people may make accounts by themselves is a setting."""

import httpx2
import pytest

from app.chassis.db.database import Database
from app.config import Settings
from app.main import create_app
from app.schemas.auth import Registration
from app.services.accounts import AccountService

from ..chassis.auth.gate import Gated
from ..chassis.running import Running, running
from ..letting_in import hashing_cheaply
from ..resources.accounts import (
    AUTH,
    PASSWORD,
    auth_of,
    change_auth,
    log_in,
    person,
    refresh,
    register,
)
from ..resources.users import user_body

CLOSED = "urn:problem-type:registration-closed"


@pytest.fixture
def closed(guarded: Running, monkeypatch: pytest.MonkeyPatch) -> Running:
    change_auth(guarded, monkeypatch, registration="closed")
    return guarded


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("given", "status"), [("open", 201), ("closed", 403)])
async def test_the_environment_says_whether_people_may_register(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, given: str, status: int
) -> None:
    monkeypatch.setenv("APP_AUTH_REGISTRATION", given)
    chosen = settings.model_copy(update={"auth": Settings(environment="test").auth})

    async with running(create_app(chosen)) as service:
        with hashing_cheaply(service.state):
            assert (await register(service.client)).status_code == status


async def test_once_closed_all_are_answered_alike_before_any_work_is_done(
    closed: Running, hasher: Gated, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is read, hashed or asked: the answer can't tell which addresses are known."""
    hasher.gate.set()
    known = (await person(closed)).email
    monkeypatch.delitem(closed.state, "database")

    answers = [await register(closed.client, email=email) for email in (known, "new@example.org")]
    answers.append(await closed.client.post(f"{AUTH}/register", content="{"))

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len({frozenset(without_id(answer).items()) for answer in answers}) == 1
    assert answers[0].json()["type"] == CLOSED
    assert not hasher.begun.is_set()


def without_id(answer: httpx2.Response) -> dict[str, object]:
    return {name: value for name, value in answer.json().items() if name != "request_id"}


async def test_once_closed_accounts_go_on_and_admins_are_made(
    closed: Running, database: Database
) -> None:
    given = user_body(password=PASSWORD)
    accounts = AccountService(database, auth_of(closed).passwords)
    await accounts.make_admin(Registration.model_validate(given))

    tokens = (await log_in(closed.client, given["email"])).json()

    assert (await refresh(closed.client, tokens["refresh_token"])).status_code == 200


async def test_once_closed_admins_make_users(closed: Running) -> None:
    admin = await person(closed, is_admin=True)

    made = await closed.client.post("/api/v1/users", json=user_body(), headers=admin.headers)

    assert made.status_code == 201


def test_the_document_tells_that_registration_may_be_closed(guarded: Running) -> None:
    documented = guarded.app.openapi()["paths"][f"{AUTH}/register"]["post"]

    assert documented["responses"]["403"]["x-problem-types"] == [CLOSED]
    assert documented["security"] == []
