"""Settings: documented, bounded, and refused when unsafe."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo

from app.chassis.db import DatabaseSettings
from app.chassis.http.settings import HttpSettings
from app.chassis.refused import REFUSED
from app.config import Settings, read_settings

from .fixtures import PROJECT


def fields() -> Iterator[tuple[str, str, FieldInfo]]:
    """Environment variable, group and field of every setting."""
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            for inner, setting in field.annotation.model_fields.items():
                yield f"APP_{name}_{inner}".upper(), name, setting
        else:
            yield f"APP_{name}".upper(), "", field


ALL = {name: field for name, _, field in fields()}
EXAMPLE = dict(
    re.findall(r"^(?:# )?(APP_\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)
)
FOR_DEVELOPMENT = dict(
    re.findall(r"^(APP_\w+)=(.*)$", (PROJECT / ".env.example").read_text(), re.MULTILINE)
)


def test_the_example_lists_every_setting_and_no_other() -> None:
    assert sorted(EXAMPLE) == sorted(ALL)


@pytest.mark.parametrize("name", sorted(set(EXAMPLE) - set(FOR_DEVELOPMENT)))
def test_the_example_shows_the_default(name: str) -> None:
    field = ALL[name]
    value: Any = EXAMPLE[name]
    if value.startswith("[") or value in {"true", "false"}:
        value = json.loads(value)

    assert TypeAdapter(cast("Any", field.annotation)).validate_python(value) == field.default


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_setting_is_documented_and_bounded(name: str) -> None:
    field = ALL[name]

    assert field.description
    if field.annotation in {int, float} or isinstance(field.default, list):
        assert field.metadata, f"{name} needs a least and a greatest value"


def test_a_setting_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_ENVIRONMENT", "test")
    monkeypatch.setenv("APP_LOG_LEVEL", "ERROR")
    monkeypatch.setenv("APP_HEALTH_TIMEOUT", "0.5")
    monkeypatch.setenv("APP_HTTP_MAX_BODY_SIZE", "1000")

    settings = Settings()

    assert settings.log.level == "ERROR"
    assert settings.health.timeout == 0.5
    assert settings.http.max_body_size == 1000


@pytest.mark.parametrize("name", ["APP_HEALTH_TIMEOUT", "APP_HTTP_TRUSTED_PROXIES", "APP_LOG"])
def test_a_refusal_is_one_line_without_the_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv(name, "hunter2")

    with pytest.raises(SystemExit) as refused:
        read_settings()
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
        Settings()


def safe_database() -> DatabaseSettings:
    """Settings of a database with which production may start."""
    fields = DatabaseSettings.model_fields
    secret = {"password": "jPmZ4vH3q2J8"} if "password" in fields else {}
    urls = {name: fields["url"].default for name in fields if name.endswith("url")}
    return DatabaseSettings.model_validate({**urls, **secret})


def test_production_starts_with_safe_settings() -> None:
    Settings(environment="production", database=safe_database())


def test_production_refuses_lists_that_let_everyone_in() -> None:
    fields = HttpSettings.model_fields
    lists = [name for name in fields if fields[name].annotation == list[str]]
    for name in lists:
        http = HttpSettings.model_validate({name: ["*"]})

        with pytest.raises(ValueError, match=f"APP_HTTP_{name.upper()}"):
            Settings(database=safe_database(), http=http)
        Settings(environment="development", http=http)


def test_an_error_does_not_show_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "hunter2")

    with pytest.raises(ValueError, match="url") as caught:
        Settings()
    assert "hunter2" not in str(caught.value)
