"""`sign-out`, as a process."""

import pytest

from app.commands.sign_out import read_email
from app.config import Settings

from ..chassis.running import Running
from ..resources.accounts import ME, bearer, log_in, person, refresh
from .commands import run_command

pytestmark = pytest.mark.thorough


async def test_a_user_is_out_everywhere_and_may_sign_in_again(
    settings: Settings, guarded: Running
) -> None:
    one, other = await person(guarded), await person(guarded)
    tokens = (await log_in(guarded.client, one.email)).json()

    done = run_command("sign-out", settings, one.email.upper())

    told = f"{one.email} is signed out everywhere.\n"
    assert (done.returncode, done.stdout) == (0, told)
    me = await guarded.client.get(ME, headers=bearer(tokens["access_token"]))
    assert me.status_code == 401
    assert (await refresh(guarded.client, tokens["refresh_token"])).status_code == 401
    assert (await guarded.client.get(ME, headers=other.headers)).status_code == 200
    again = (await log_in(guarded.client, one.email)).json()
    me = await guarded.client.get(ME, headers=bearer(again["access_token"]))
    assert me.status_code == 200


async def test_who_has_no_account_is_told(settings: Settings, guarded: Running) -> None:
    done = run_command("sign-out", settings, "nobody@example.org")

    assert done.returncode == 1
    assert done.stderr.endswith("There is no account of nobody@example.org.\n")


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(SystemExit, match="email: "):
        read_email("nobody")
