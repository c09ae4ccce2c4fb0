"""The command line: what it lists, and what it says to who asks for something else."""

import subprocess
import sys

import pytest

from .fixtures import PROJECT

pytestmark = pytest.mark.thorough


def call(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Where no setting is needed."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        cwd=PROJECT / "src",
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_lists_its_commands_in_plain_words() -> None:
    done = call("--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: python -m app COMMAND\n")
    for line in (
        "  migrate ",
        "  Bring the database to the newest migration.\n",
        "  serve ",
        "  Serve on $HOST and $PORT, with $WORKERS processes.\n",
    ):
        assert line in done.stdout


def test_it_tells_more_of_one() -> None:
    done = call("serve", "--help")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: python -m app serve\n\nServe on $HOST and $PORT")
    assert "$DRAIN_TIMEOUT" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Say which command: `python -m app --help` lists them."),
        (
            ["sreve"],
            "There is no command `sreve`. Is `serve` meant? `python -m app --help` lists them.",
        ),
        (["dance"], "There is no command `dance`. `python -m app --help` lists them."),
        (["serve", "9000"], "usage: python -m app serve"),
    ],
    ids=["nothing", "almost one", "none", "too much"],
)
def test_what_is_no_command_is_told_in_one_sentence(arguments: list[str], told: str) -> None:
    done = call(*arguments)

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{told}\n")


def test_who_migrates_where_no_migrations_are_is_told_in_one_sentence() -> None:
    done = call("migrate")

    assert done.returncode == 1
    assert done.stderr == "There are no migrations here: start it where pyproject.toml is.\n"
