"""Settings: read from the environment, and refused when wrong or unsafe."""

from pathlib import Path

import pytest

from app.chassis.config import ChassisSettings, read
from app.chassis.db import DatabaseSettings
from app.chassis.http.settings import HttpSettings
from app.chassis.refused import REFUSED
from app.chassis.settings import Group


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


@pytest.mark.parametrize(
    "written",
    ["10.0.0.0/8,::1", " 10.0.0.0/8 , ::1 , ", '["10.0.0.0/8", "::1"]', ' [ "10.0.0.0/8","::1" ] '],
)
def test_a_list_has_commas_or_is_json(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("APP_HTTP_TRUSTED_PROXIES", written)

    proxies = ChassisSettings(environment="test").http.trusted_proxies

    assert [str(proxy) for proxy in proxies] == ["10.0.0.0/8", "::1/128"]


def test_an_empty_list_may_be_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_HTTP_TRUSTED_PROXIES", "")

    assert ChassisSettings(environment="test").http.trusted_proxies == []


class OwnGroup(Group):
    port: int = 9000
    """One that looks like what Kubernetes sets."""

    service_host: str = "localhost"
    """Another one."""

    ports: list[int] = []
    """Not texts."""

    weights: dict[str, int] = {}
    """By name."""

    either: list[str] | None = None
    """A list or nothing."""


class OwnSettings(ChassisSettings):
    own: OwnGroup = OwnGroup()
    names: tuple[str, ...] = ()
    """One that is in no group."""


def test_groups_of_your_own_are_read_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    written = {"PORT": "80", "SERVICE_HOST": "db", "PORTS": "1,2", "WEIGHTS": '{"a": 1}'}
    for name, value in (written | {"EITHER": "a, b"}).items():
        monkeypatch.setenv(f"APP_OWN_{name}", value)
    monkeypatch.setenv("APP_NAMES", "a,b")

    settings = OwnSettings(environment="test")

    assert settings.names == ("a", "b")
    assert settings.own.model_dump() == {
        "port": 80,
        "service_host": "db",
        "ports": [1, 2],
        "weights": {"a": 1},
        "either": ["a", "b"],
    }


def test_what_kubernetes_tells_of_services_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of services called `app-http`, `app-http-web`, `app-database` and `app-own`."""
    for service in ("APP_HTTP", "APP_HTTP_WEB", "APP_DATABASE", "APP_OWN"):
        monkeypatch.setenv(f"{service}_SERVICE_HOST", "10.0.0.7")
        monkeypatch.setenv(f"{service}_SERVICE_PORT", "8000")
        monkeypatch.setenv(f"{service}_SERVICE_PORT_METRICS_2", "9000")
        monkeypatch.setenv(f"{service}_PORT", "tcp://10.0.0.7:8000")
        for port in ("PORT_8000_TCP", "PORT_53_UDP"):
            monkeypatch.setenv(f"{service}_{port}", "tcp://10.0.0.7:8000")
            monkeypatch.setenv(f"{service}_{port}_PROTO", "tcp")
            monkeypatch.setenv(f"{service}_{port}_PORT", "8000")
            monkeypatch.setenv(f"{service}_{port}_ADDR", "10.0.0.7")

    settings = OwnSettings(environment="test")

    assert settings.http == HttpSettings()
    assert settings.own == OwnGroup(service_host="10.0.0.7")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APP_HTTP_PORT", "80"),
        ("APP_HTTP_PROT", "tcp://10.0.0.7:8000"),
        ("APP_HTTP_SERVICE", "10.0.0.7"),
        ("APP_HTTP_PORT_X_TCP", "8000"),
        ("APP_LOG_LEVLE", "INFO"),
    ],
)
def test_a_misspelt_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit):
        read(ChassisSettings)
    told = capsys.readouterr().err
    assert f"{name}: there is no such setting" in told
    assert ("is APP_LOG_LEVEL meant?" in told) == (name == "APP_LOG_LEVLE")


def test_every_mistake_is_told_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("APP_LOG_LEVEL", "LOUD")
    monkeypatch.setenv("APP_HTTP_DOCS", "perhaps")
    monkeypatch.setenv("APP_HTTP_TRUSTED_PROXIES", "a,b,c")

    with pytest.raises(SystemExit):
        read(ChassisSettings)
    (line,) = capsys.readouterr().err.splitlines()
    assert "APP_LOG_LEVEL: should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'" in line
    assert "APP_HTTP_DOCS: should be true or false" in line
    assert line.count("APP_HTTP_TRUSTED_PROXIES") == 1


def test_a_file_that_is_no_text_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_bytes("APP_LOG_LEVEL=Ünlesbar".encode("latin-1"))
    monkeypatch.setitem(OwnSettings.model_config, "env_file", tmp_path / ".env")

    with pytest.raises(SystemExit) as refused:
        read(OwnSettings)
    assert refused.value.code == REFUSED
    assert capsys.readouterr().err == "The settings are refused: .env should be text in UTF-8\n"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("'pa #ss'", "pa #ss"),
        ("'${HOME}-$HOME-${NO_SUCH:-x}'", "${HOME}-$HOME-${NO_SUCH:-x}"),
        (r"'it\'s \\ and \n'", r"it's \ and \n"),
        ("'\"'  # a comment", '"'),
        ("pa #ss", "pa"),
        ('"$HOME #1"', "$HOME #1"),
        ("${WORD}", "said"),
    ],
)
def test_what_stands_in_single_quotes_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, meant: str
) -> None:
    (tmp_path / ".env").write_text(f"WORD=said\nexport APP_OWN_TEXT = {written}\nAPP_OWN_MORE=1\n")
    monkeypatch.setenv("APP_ENVIRONMENT", "test")
    monkeypatch.setitem(TextSettings.model_config, "env_file", tmp_path / ".env")

    assert TextSettings().own == Texts(text=meant, more=1)


class Texts(Group):
    text: str = ""
    more: int = 0


class TextSettings(ChassisSettings):
    own: Texts = Texts()


def safe_database() -> DatabaseSettings:
    """Settings of a database with which production may start."""
    fields = DatabaseSettings.model_fields
    secret = {"password": "jPmZ4vH3q2J8"} if "password" in fields else {}
    urls = {name: fields["url"].default for name in fields if name.endswith("url")}
    return DatabaseSettings.model_validate({**urls, **secret})


def test_production_starts_with_safe_settings() -> None:
    ChassisSettings(environment="production", database=safe_database())


@pytest.mark.parametrize(
    ("name", "everyone"),
    [
        ("trusted_proxies", ["0.0.0.0/1", "128.0.0.0/1"]),
        ("cors_origins", ["*"]),
        ("cors_origins", ["null"]),
        ("allowed_hosts", ["*"]),
        ("allowed_hosts", ["*.com"]),
    ],
)
def test_production_refuses_lists_that_let_everyone_in(name: str, everyone: list[str]) -> None:
    if name not in HttpSettings.model_fields:
        return
    http = HttpSettings.model_validate({name: everyone})

    with pytest.raises(ValueError, match=f"APP_HTTP_{name.upper()} lets everyone in"):
        ChassisSettings(environment="production", database=safe_database(), http=http)
    ChassisSettings(environment="development", http=http)


def test_an_error_does_not_show_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_DATABASE_URL", "hunter2")

    with pytest.raises(ValueError, match="url") as caught:
        ChassisSettings()
    assert "hunter2" not in str(caught.value)
