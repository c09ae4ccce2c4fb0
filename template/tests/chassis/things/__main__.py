"""`python -m tests.chassis.things`."""

from app.chassis.command_line import run

from . import commands

if __name__ == "__main__":
    run(commands)
