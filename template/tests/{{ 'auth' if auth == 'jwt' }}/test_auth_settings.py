"""Secrets: production does not start without good ones, and says how to make one."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.auth.settings import MAKE_ONE
from app.config import Settings

from ..conftest import PROJECT
from ..test_config import safe_database

SHORT = "aB3$xYz9!kLm2#Qp"
WELL_KNOWN = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
GOOD = "rX5-vT8qLz2_Wn9Kd4Hs7Bf1Gj6Pc3Mt0"
BAD = {
    "missing": [],
    "short": [SHORT],
    "well-known": [WELL_KNOWN],
    "simple": ["changeme" * 8],
    "the second": [GOOD, WELL_KNOWN],
}


def start(
    environment: str, secrets: list[str] | None, folder: Path
) -> "subprocess.CompletedProcess[str]":
    """A process that makes the application."""
    variables = {"APP_ENVIRONMENT": environment, "PYTHONPATH": str(PROJECT / "src")}
    database = safe_database()
    for name, value in database.model_dump(include={"url", "password"}).items():
        plain = getattr(value, "get_secret_value", lambda value=value: value)()
        variables[f"APP_DATABASE_{name.upper()}"] = str(plain)
    if secrets is not None:
        variables["APP_AUTH_SECRETS"] = json.dumps(secrets)
    kept = {k: v for k, v in os.environ.items() if not k.startswith("APP_")}
    command = [sys.executable, "-c", "from app.main import create_app; create_app()"]
    return subprocess.run(
        command, cwd=folder, env=kept | variables, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("secrets", [None, *BAD.values()], ids=["not set", *BAD])
def test_production_does_not_start_without_a_good_secret(
    tmp_path: Path, secrets: list[str] | None
) -> None:
    done = start("production", secrets, tmp_path)

    assert done.returncode != 0
    assert "APP_AUTH_SECRETS" in done.stderr
    assert MAKE_ONE in done.stderr
    assert not [s for s in secrets or () if s in done.stderr], "the value is told"


def test_the_command_in_the_message_makes_one_that_is_taken(tmp_path: Path) -> None:
    command = shlex.split(MAKE_ONE.replace("python", sys.executable, 1))
    made = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert start("production", json.loads(made), tmp_path).returncode == 0


@pytest.mark.parametrize("environment", ["development", "test"])
def test_development_starts_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    monkeypatch.delenv("APP_AUTH_SECRETS")
    monkeypatch.setenv("APP_ENVIRONMENT", environment)

    assert Settings().auth.secrets == []


def test_a_short_secret_is_refused_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing with it would fail at the first login."""
    monkeypatch.setenv("APP_AUTH_SECRETS", json.dumps([SHORT]))
    monkeypatch.setenv("APP_ENVIRONMENT", "development")

    with pytest.raises(ValueError, match="APP_AUTH_SECRETS"):
        Settings()


def test_secrets_are_not_shown() -> None:
    assert GOOD not in repr(Settings(environment="test", auth={"secrets": [GOOD]}))  # type: ignore[arg-type]
