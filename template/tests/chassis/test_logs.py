"""The form of log lines."""

import json
import logging
import sys

import pytest

from app.chassis import logs
from app.chassis.logs import ConsoleFormatter, JsonFormatter


@pytest.fixture
def record() -> logging.LogRecord:
    return logging.makeLogRecord(
        {"name": "app.test", "levelname": "INFO", "msg": "Sent %s", "args": ("mail",), "size": 3}
    )


def test_a_line_for_machines_is_one_json_object(record: logging.LogRecord) -> None:
    record.msg = "Sent\n%s"

    text = JsonFormatter().format(record)

    line = json.loads(text)
    assert "\n" not in text
    assert line | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "app.test",
        "message": "Sent\nmail",
        "size": 3,
    }


@pytest.mark.parametrize("formatter", [JsonFormatter(), ConsoleFormatter()])
def test_a_line_carries_the_request_id_and_the_stack(
    record: logging.LogRecord, formatter: logging.Formatter
) -> None:
    token = logs.request_id.set("id-of-request")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        record.exc_info = sys.exc_info()
        line = formatter.format(record)
    finally:
        logs.request_id.reset(token)

    assert "id-of-request" in line
    assert "ZeroDivisionError" in line


def test_all_loggers_print_the_same_form_once(capsys: pytest.CaptureFixture[str]) -> None:
    server = logging.getLogger("uvicorn.error")
    server.addHandler(logging.StreamHandler(sys.stdout))

    for _ in range(2):
        logs.configure("INFO", "json")
    server.info("Started")
    logging.getLogger("uvicorn.access").info("GET /?token=secret")
    logging.getLogger("some.library").debug("Talkative")

    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "Started"
