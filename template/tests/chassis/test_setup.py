"""What `just setup` makes."""

import re
import subprocess
from pathlib import Path

from app.chassis.config import ChassisSettings
from app.chassis.env_file import EnvFile
from scripts.setup import PLACEHOLDER, make_env

from .fixtures import PROJECT

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


def test_what_it_writes_is_read_back(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(f'APP_LOG_LEVEL=ERROR\nAPP_SECRET=["{PLACEHOLDER}"]\n')

    assert make_env(tmp_path)

    written = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text().splitlines())
    assert EnvFile(ChassisSettings, tmp_path / ".env").env_vars == {
        name.lower(): value for name, value in written.items()
    }


def test_a_shell_reads_what_the_service_reads(tmp_path: Path) -> None:
    """Also the defaults, once somebody takes the hash away."""
    example = (PROJECT / ".env.example").read_text()
    (tmp_path / ".env.example").write_text(example.replace("# APP_", "APP_"))
    make_env(tmp_path)

    known = subprocess.check_output(["sh", "-ec", "set -a; . ./.env; env -0"], cwd=tmp_path, env={})

    lines = [line.split("=", 1) for line in known.decode().split("\0") if line.startswith("APP_")]
    assert {name.lower(): value for name, value in lines} == EnvFile(
        ChassisSettings, tmp_path / ".env"
    ).env_vars


URL = "APP_DATABASE_URL=postgresql://app@{}/service\n"


def test_a_database_on_this_machine_gets_a_port_of_its_own(tmp_path: Path) -> None:
    ports = set()
    for name in ("one", "other"):
        project = tmp_path / name
        project.mkdir()
        (project / ".env.example").write_text(URL.format("127.0.0.1:5433"))
        make_env(project)
        (port,) = re.findall(r"@127\.0\.0\.1:(\d+)/service\n", (project / ".env").read_text())
        ports.add(int(port))

    assert len(ports) == 2
    assert all(20_000 <= port < 30_000 for port in ports)


def test_an_address_of_yours_stays(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(URL.format("database.example.org:5433"))

    make_env(tmp_path)

    assert (tmp_path / ".env").read_text() == URL.format("database.example.org:5433")


def test_env_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".env.example").write_text(EXAMPLE)
    (tmp_path / ".env").write_text("APP_ONE=mine\n")

    assert not make_env(tmp_path)
    assert (tmp_path / ".env").read_text() == "APP_ONE=mine\n"
