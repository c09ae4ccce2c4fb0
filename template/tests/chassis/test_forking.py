"""A program that is forked behaves like one that was started."""

import signal
from pathlib import Path

import pytest

from .forking import forker, run_forked
from .serving import wait_for_lines
from .waiting import PATIENCE

pytestmark = pytest.mark.thorough

TELLING = """
import os, sys
print(os.environ["WORD"], os.getcwd(), sys.argv[1:], sorted(os.environ.keys() - {"LC_CTYPE"}))
sys.exit("it failed")
"""
WAITING = """
import signal
print("it waits", flush=True)
signal.pause()
"""


def test_it_has_an_environment_a_folder_and_streams_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "telling.py").write_text(TELLING)

    done = run_forked(["telling", "a b"], {"WORD": "hello"}, tmp_path)

    assert (done.returncode, done.stderr) == (1, "it failed\n")
    assert done.stdout == f"hello {tmp_path} ['a b'] ['WORD']\n"


def test_it_ends_by_a_signal_and_others_live_on(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    log = tmp_path / "log"
    with log.open("wb") as output:
        one, other = [forker().start(["waiting"], {}, tmp_path, output, output) for _ in range(2)]
    wait_for_lines(log, "it waits", 2)

    one.send_signal(signal.SIGTERM)
    assert one.wait(timeout=PATIENCE) == -signal.SIGTERM
    assert other.poll() is None
    other.send_signal(signal.SIGKILL)
    assert other.wait(timeout=PATIENCE) == -signal.SIGKILL
