"""The witness of the suite sees what it must."""

import logging
from collections.abc import Generator

import pytest
from starlette.types import Message

from . import witness


@pytest.fixture
def reader(nothing_leaks: None) -> Generator[None]:
    """What these tests leak is forgotten before the suite asks."""
    yield
    witness.leaks()


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(
    "line", [f"login of {witness.PASSWORD}", f"Bearer {witness.TOKEN}", "SELECT id\nFROM users"]
)
def test_a_log_line_with_a_secret_is_found(line: str) -> None:
    logger = logging.getLogger("app.test")
    logger.setLevel(logging.DEBUG)

    logger.debug("%s", line)
    logger.debug("nothing to hide")

    assert len(witness.leaks()) == 1


@pytest.mark.usefixtures("reader")
async def test_an_error_with_a_secret_is_found() -> None:
    async def send(_: Message) -> None:
        pass

    watched = witness.watched(send)
    await watched({"type": "http.response.start", "status": 422})
    await watched({"type": "http.response.body", "body": b"no ", "more_body": True})
    await watched({"type": "http.response.body", "body": witness.TOKEN.encode()})

    assert witness.leaks() == [f"no {witness.TOKEN}"]
