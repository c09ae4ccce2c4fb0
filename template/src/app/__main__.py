"""`python -m app`: the commands of the service, one module each in `commands`."""

from . import commands
from .chassis.command_line import run


def main() -> None:
    run(commands)


if __name__ == "__main__":
    main()
