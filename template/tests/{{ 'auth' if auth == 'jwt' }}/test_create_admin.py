"""`create-admin`, as a process."""

from io import StringIO
from subprocess import CompletedProcess

import httpx2
import pytest

from app.commands.create_admin import admin
from app.config import Settings

from ..chassis.running import Running
from ..resources.accounts import ME, PASSWORD, bearer, log_in, person, refresh, register
from ..resources.users import user_body
from .commands import run_command

pytestmark = pytest.mark.thorough


def create_admin(settings: Settings, email: str, password: str = PASSWORD) -> CompletedProcess[str]:
    return run_command("create-admin", settings, email, ADMIN_PASSWORD=password)


async def is_admin(client: httpx2.AsyncClient, email: str) -> bool:
    tokens = (await log_in(client, email)).json()
    me = (await client.get(ME, headers=bearer(tokens["access_token"]))).json()
    return bool(me["is_admin"])


async def test_an_admin_is_made(settings: Settings, anonymous: httpx2.AsyncClient) -> None:
    done = create_admin(settings, "Root@Example.org")

    assert (done.returncode, done.stdout) == (0, "root@example.org may do everything now.\n")
    assert await is_admin(anonymous, "root@example.org")


async def test_a_user_is_promoted(settings: Settings, guarded: Running) -> None:
    """Also one who was deactivated, or forgot the password."""
    somebody = await person(guarded, is_active=False, password_hash="lost")

    assert create_admin(settings, somebody.email).returncode == 0
    assert await is_admin(guarded.client, somebody.email)


async def test_who_registered_with_the_address_before_is_out(
    settings: Settings, anonymous: httpx2.AsyncClient
) -> None:
    stranger = (await register(anonymous)).json()
    tokens = (await log_in(anonymous, stranger["email"])).json()

    assert create_admin(settings, stranger["email"], password="known to one").returncode == 0

    me = await anonymous.get(ME, headers=bearer(tokens["access_token"]))
    assert me.status_code == 401
    assert (await refresh(anonymous, tokens["refresh_token"])).status_code == 401
    assert (await log_in(anonymous, stranger["email"])).status_code == 401


async def test_a_user_without_an_account_is_promoted(
    settings: Settings, anonymous: httpx2.AsyncClient, client: httpx2.AsyncClient
) -> None:
    user = (await client.post("/api/v1/users", json=user_body())).json()

    assert create_admin(settings, user["email"]).returncode == 0
    assert await is_admin(anonymous, user["email"])


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("nobody", PASSWORD, "email: "),
        ("a@example.org", "short", "password: "),
        ("a@example.org", None, "set ADMIN_PASSWORD"),
    ],
    ids=["no real address", "short password", "no password"],
)
def test_what_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, email: str, password: str | None, message: str
) -> None:
    type_it(monkeypatch, password)

    with pytest.raises(SystemExit, match=message):
        admin(email)


def type_it(monkeypatch: pytest.MonkeyPatch, password: str | None) -> None:
    monkeypatch.setattr("sys.stdin", StringIO())
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)
    if password is not None:
        monkeypatch.setenv("ADMIN_PASSWORD", password)


@pytest.mark.parametrize("second", [PASSWORD, "another one"])
def test_a_password_is_asked_for_twice(monkeypatch: pytest.MonkeyPatch, second: str) -> None:
    type_it(monkeypatch, None)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    typed = iter([PASSWORD, second])
    monkeypatch.setattr("app.commands.create_admin.getpass", lambda _: next(typed))

    if second == PASSWORD:
        assert admin("a@example.org").password.get_secret_value() == PASSWORD
    else:
        with pytest.raises(SystemExit, match="two different passwords"):
            admin("a@example.org")
