"""What `just setup` makes."""

from pathlib import Path

from scripts.setup import PLACEHOLDER, make_env

EXAMPLE = f"APP_ONE={PLACEHOLDER}\nAPP_TWO={PLACEHOLDER}\nAPP_THREE=3\n"


def test_env_holds_fresh_secrets_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE)

    assert make_env(tmp_path)

    env = tmp_path / ".env"
    one, two, three = env.read_text().splitlines()
    assert len(one) > len("APP_ONE=") + 40
    assert one.removeprefix("APP_ONE=") != two.removeprefix("APP_TWO=")
    assert three == "APP_THREE=3"
    assert env.stat().st_mode & 0o777 == 0o600


def test_env_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE)
    (tmp_path / ".env").write_text("APP_ONE=mine\n")

    assert not make_env(tmp_path)
    assert (tmp_path / ".env").read_text() == "APP_ONE=mine\n"
