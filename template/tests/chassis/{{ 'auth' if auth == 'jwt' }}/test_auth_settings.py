"""Secrets: production does not start without good ones, and says how to make one."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from app.chassis.chance import MAKE_ONE
from app.chassis.config import ChassisSettings
from scripts.setup import PLACEHOLDER

from ..fixtures import PROJECT
from ..test_config import safe_database
from ..things.application import create_app

SHORT = "aB3$xYz9!kLm2#Qp"
WELL_KNOWN = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
GOOD = "rX5-vT8qLz2_Wn9Kd4Hs7Bf1Gj6Pc3Mt0"
BAD = {
    "missing": [],
    "short": [SHORT],
    "well-known": [WELL_KNOWN],
    "a placeholder": [PLACEHOLDER + "-and-no-more"],
    "simple": ["changeme" * 8],
    "digits": ["0123456789" * 4],
    "a sentence": ["the quick brown fox jumps over the lazy dog"],
    "the second": [GOOD, WELL_KNOWN],
}


def variables(secrets: list[str] | None) -> dict[str, str]:
    """Production, with all that it needs beside the secrets."""
    found = {"APP_ENVIRONMENT": "production"}
    needed = {"url", "password", "replica_url"}
    for name, value in safe_database().model_dump(include=needed).items():
        plain = getattr(value, "get_secret_value", lambda value=value: value)()
        found[f"APP_DATABASE_{name.upper()}"] = str(plain)
    return found if secrets is None else found | {"APP_AUTH_SECRETS": json.dumps(secrets)}


@pytest.mark.parametrize("secrets", [None, *BAD.values()], ids=["not set", *BAD])
def test_production_does_not_start_without_a_good_secret(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    secrets: list[str] | None,
) -> None:
    monkeypatch.delenv("APP_AUTH_SECRETS")
    for name, value in variables(secrets).items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit):
        create_app()

    told = capsys.readouterr().err
    assert "APP_AUTH_SECRETS" in told
    assert MAKE_ONE in told
    assert not [secret for secret in secrets or () if secret in told], "the value is told"


@pytest.mark.thorough
def test_the_command_in_the_message_makes_one_that_is_taken(tmp_path: Path) -> None:
    command = shlex.split(MAKE_ONE.replace("python", sys.executable, 1))
    made = subprocess.check_output(command, text=True).strip()

    start = subprocess.run(
        [sys.executable, "-c", "from app.main import create_app; create_app()"],
        cwd=tmp_path,
        env=os.environ | variables([made]) | {"PYTHONPATH": str(PROJECT / "src")},
        check=False,
    )
    assert start.returncode == 0


@pytest.mark.parametrize("environment", ["development", "test"])
def test_development_starts_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    monkeypatch.delenv("APP_AUTH_SECRETS")
    monkeypatch.setenv("APP_ENVIRONMENT", environment)

    assert ChassisSettings().auth.secrets == []


def test_a_short_secret_is_refused_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signing with it would fail at the first login."""
    monkeypatch.setenv("APP_AUTH_SECRETS", json.dumps([SHORT]))
    monkeypatch.setenv("APP_ENVIRONMENT", "development")

    with pytest.raises(ValueError, match="APP_AUTH_SECRETS"):
        ChassisSettings()


def test_secrets_are_not_shown() -> None:
    assert GOOD not in repr(ChassisSettings(environment="test", auth={"secrets": [GOOD]}))  # type: ignore[arg-type]
