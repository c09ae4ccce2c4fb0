"""Every setting: in `.env.example`, documented, and bounded."""

import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
from pydantic import BaseModel, TypeAdapter
from pydantic.fields import FieldInfo
from starlette.types import Receive, Scope, Send

from app.chassis.config import read
from app.chassis.middleware import STACK
from app.chassis.refused import REFUSED
from app.chassis.settings import decoded
from app.config import Settings

from ..fixtures import PROJECT

MARK = "hunter2"
WRONG = [
    *("", " ", MARK, f"[{MARK}", f'["{MARK}", 1]', '{"hunter2": "x*"}', f"'{MARK}'", "[" * 5000),
    *(f"redis://[{MARK}", f"https://{MARK}:99999/x?y#z", f"x*,{MARK}/", f"tcp://{MARK}:1:2"),
    *("-1", "1e999", "nan", f"{2**80}", "null", "true", "x" * 5000, f"{MARK}\udcff", f"{MARK}\n*"),
]
"""Whatever a setting wants, most of them are not it."""


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
    value = decoded(EXAMPLE[name], field.annotation)

    assert TypeAdapter(cast("Any", field.annotation)).validate_python(value) == field.default


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_setting_is_documented_and_bounded(name: str) -> None:
    field = ALL[name]

    assert field.description
    if field.annotation in {int, float} or isinstance(field.default, list):
        assert field.metadata, f"{name} needs a least and a greatest value"


def refused() -> bool:
    """Or whether a service can be built: nothing is found to be wrong later."""
    try:
        settings = read(Settings)
    except SystemExit as end:
        return end.code == REFUSED
    for layer in STACK:
        if middleware := layer.build(settings):
            middleware.cls(nothing, *middleware.args, **middleware.kwargs)
    return False


async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that does nothing."""


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_wrong_value_is_refused_in_one_line_that_names_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    monkeypatch.setenv("APP_ENVIRONMENT", "development")
    one_line = re.compile(f"The settings are refused: {name}" r"( \(item \d+\))?: \w.{9,500}\n")
    told = []
    for value in WRONG:
        monkeypatch.setenv(name, value)
        if refused():
            told.append(capsys.readouterr().err)

    assert told, f"{name} takes whatever is given"
    for line in told:
        assert one_line.fullmatch(line)
        assert MARK not in line
