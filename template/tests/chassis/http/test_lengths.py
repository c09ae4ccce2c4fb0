"""The field `Content-Length`, over sockets to a real server: what isn't digits, and what says two
things, is refused (RFC 9110, section 8.6, and RFC 9112, section 6.3)."""

import json
from collections.abc import Generator

import pytest

from app.chassis.config import ChassisSettings

from ..serving import live_server
from ..talking import status, talk
from ..things.factory import URL, box_body

pytestmark = [pytest.mark.thorough, pytest.mark.usefixtures("database")]

HEAD = (
    f"POST {URL} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    "Connection: close\r\n"
)


@pytest.fixture(scope="module")
def url(
    settings: ChassisSettings, tables_made: None, tmp_path_factory: pytest.TempPathFactory
) -> Generator[str]:
    with live_server(settings, tmp_path_factory.mktemp("lengths") / "log") as url:
        yield url


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["{}"], 201),
        (["  {} "], 201),
        (["000{}"], 201),
        (["2"], 422),
        (["{}", "3"], 400),
        (["3", "{}"], 400),
        (["{}, {}"], 400),
        (["{} 1"], 400),
        (["{};x"], 400),
        (["+{}"], 400),
        (["-1"], 400),
        (["1_0"], 400),
        (["0x2"], 400),
        (["1e1"], 400),
        (["ten"], 400),
        (["٣"], 400),
        ([""], 400),
        (["9" * 30], 400),
        (["9" * 5_000], 400),
    ],
)
def test_a_length_is_digits_and_one(url: str, lines: list[str], expected: int) -> None:
    assert posted(url, lines) == expected


def test_two_that_are_equal_are_one_or_refused(url: str) -> None:
    """As a server likes."""
    assert posted(url, ["{}", "{}"]) in {201, 400}


def posted(url: str, lines: list[str]) -> int:
    """The status, where `{}` stands for the length."""
    body = json.dumps(box_body())
    fields = [f"Content-Length: {line}\r\n".replace("{}", str(len(body))) for line in lines]
    return status(talk(url, ["".join([HEAD, *fields, "\r\n", body]).encode()]))
