"""Settings: read from the environment, and refused when wrong or unsafe."""

import pytest

from app.chassis.config import ChassisSettings, read
from app.chassis.db import DatabaseSettings
from app.chassis.http.settings import HttpSettings
from app.chassis.refused import REFUSED


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENVIRONMENT", "test")
    monkeypatch.setenv("APP_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("APP_HEALTH_TIMEOUT", "0.5")
    monkeypatch.setenv("APP_HTTP_MAX_BODY_SIZE", "1000")

    settings = ChassisSettings()

    assert settings.log.level == "ERROR"
    assert settings.health.timeout == 0.5
    assert settings.http.max_body_size == 1000


@pytest.mark.parametrize("name", ["APP_HEALTH_TIMEOUT", "APP_HTTP_TRUSTED_PROXIES", "APP_LOG"])
def test_a_refusal_is_one_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv(name, "hunter2")

    with pytest.raises(SystemExit) as refused:
        read(ChassisSettings)
    (line,) = capsys.readouterr().err.splitlines()
    assert refused.value.code == REFUSED
    assert line.startswith("The settings are refused: ")
    assert "hunter2" not in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_ENVIRONMENT", "prod"),
        ("APP_HTTP_MAX_BODY_SIZE", "-1"),
        ("APP_HEALTH_TIMEOUT", "0"),
        ("APP_LOG_LEVEL", "LOUD"),
    ],
)
def test_a_bad_value_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=name.removeprefix("APP_").split("_")[-1].lower()):
        ChassisSettings()


def safe_database() -> DatabaseSettings:
    """Settings of a database with which production may start."""
    fields = DatabaseSettings.model_fields
    secret = {"password": "jPmZ4vH3q2J8"} if "password" in fields else {}
    urls = {name: fields["url"].default for name in fields if name.endswith("url")}
    return DatabaseSettings.model_validate({**urls, **secret})


def test_production_starts_with_safe_settings() -> None:
    ChassisSettings(environment="production", database=safe_database())


def test_production_refuses_lists_that_let_everyone_in() -> None:
    fields = HttpSettings.model_fields
    lists = [name for name in fields if fields[name].annotation == list[str]]
    for name in lists:
        http = HttpSettings.model_validate({name: ["*"]})

        with pytest.raises(ValueError, match=f"APP_HTTP_{name.upper()}"):
            ChassisSettings(database=safe_database(), http=http)
        ChassisSettings(environment="development", http=http)


def test_an_error_does_not_show_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "hunter2")

    with pytest.raises(ValueError, match="url") as caught:
        ChassisSettings()
    assert "hunter2" not in str(caught.value)
