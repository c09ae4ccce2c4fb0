"""Runs the commands of a package: a module each, by its name. Its docstring is its help, and the
parameters of its function `run` are its arguments."""

import difflib
import signal
import sys
from importlib import import_module
from inspect import Parameter, getdoc, signature
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from .errors import ServiceError
from .signals import end_by

WRONG = 2
"""The exit code for a command that does not exist, or takes other arguments: argparse's, too."""


def run(package: ModuleType) -> None:
    """What the arguments of the process say. Imports nothing but the command that is asked for."""
    # As process 1 there is no other way to hear it, and libraries take long to import.
    signal.signal(signal.SIGTERM, end_by)
    name, *arguments = sys.argv[1:] or [""]
    modules = [module.name for module in iter_modules(package.__path__)]
    names = {module.replace("_", "-"): module for module in modules}
    if name in {"--help", "-h", "help"}:
        commands = {name: _load(package, module) for name, module in names.items()}
        sys.stdout.write(_list(commands))
    elif name not in names:
        _refuse(_unknown(name, list(names)))
    else:
        _run(name, _load(package, names[name]), arguments)


def _run(name: str, command: ModuleType, arguments: list[str]) -> None:
    usage = f"usage: {_program()} {_usage(name, command)}"
    if arguments in (["--help"], ["-h"]):
        sys.stdout.write(f"{usage}\n\n{getdoc(command)}\n")
        return
    try:
        signature(command.run).bind(*arguments)
    except TypeError:
        _refuse(usage)
    try:
        command.run(*arguments)
    except ServiceError as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        end_by(signal.SIGINT)


def _load(package: ModuleType, name: str) -> ModuleType:
    return import_module(f"{package.__name__}.{name}")


def _list(commands: dict[str, ModuleType]) -> str:
    lines = {_usage(name, command): getdoc(command) or "" for name, command in commands.items()}
    width = max(map(len, lines), default=0)
    shown = [f"  {usage:<{width}}  {told.splitlines()[0]}" for usage, told in lines.items()]
    more = f"`{_program()} COMMAND --help` tells more of one."
    return "\n".join([f"usage: {_program()} COMMAND", "", *shown, "", more, ""])


def _usage(name: str, command: ModuleType) -> str:
    """`sign-out EMAIL`."""
    return " ".join([name, *map(_shown, signature(command.run).parameters.values())])


def _shown(parameter: Parameter) -> str:
    name = parameter.name.upper()
    return name if parameter.default is Parameter.empty else f"[{name}]"


def _unknown(name: str, names: list[str]) -> str:
    if not name:
        return f"Say which command: `{_program()} --help` lists them."
    close = difflib.get_close_matches(name, names, n=1)
    meant = f" Is `{close[0]}` meant?" if close else ""
    return f"There is no command `{name}`.{meant} `{_program()} --help` lists them."


def _refuse(why: str) -> None:
    sys.stderr.write(f"{why}\n")
    sys.exit(WRONG)


def _program() -> str:
    """As it was called: by the name of its script, or as a package."""
    path = Path(sys.argv[0])
    return f"python -m {path.parent.name}" if path.name == "__main__.py" else path.name
