"""The settings of calls to other services."""

import pytest

from app.chassis.config import ChassisSettings
from app.chassis.parts.http_client.settings import OutboundSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("CALLS", "0"), ("CONNECTIONS_PER_HOST", "0"), ("WAIT", "0"), ("CONNECT", "0")),
        *(("READ", "0"), ("DEADLINE", "0"), ("ATTEMPTS", "0"), ("ATTEMPTS", "11")),
        *(("MAX_BODY_SIZE", "-1"), ("DNS_LIFETIME", "-1"), ("HOSTS", "a b"), ("HOSTS", "a/b")),
        ("PROXY_VARIABLES", "perhaps"),
    ],
)
def test_what_has_no_bound_is_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"APP_OUTBOUND_{name}", value)

    with pytest.raises(ValueError, match=rf"outbound\.{name.lower()}"):
        ChassisSettings()


@pytest.mark.parametrize("name", ["wait", "connect", "read"])
def test_what_is_longer_than_all_of_it_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="APP_OUTBOUND_DEADLINE"):
        OutboundSettings.model_validate({name: 8.5})


def test_production_refuses_answers_that_could_fill_the_memory() -> None:
    assert list(OutboundSettings(calls=1024).unsafe()) == []
    (unsafe,) = OutboundSettings(calls=1025).unsafe()
    assert unsafe.startswith("OUTBOUND_MAX_BODY_SIZE")


def test_names_of_hosts_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_OUTBOUND_HOSTS", "Api.Example.org,localhost")

    settings = ChassisSettings(environment="test")

    assert settings.outbound.hosts == ["api.example.org", "localhost"]
