"""What is done with a project after files were added."""

import shlex
from pathlib import Path

from tests.environments.installing import Environment
from tests.servers.commands import run, steps_of


def migrate(project: Path, environment: Environment, what: str) -> None:
    """As `just migrate` does."""
    variables = environment.variables()
    alembic = environment.program("alembic")
    for command in (
        [alembic, "upgrade", "head"],
        [alembic, "revision", "--autogenerate", "-m", f"add {what}"],
        [environment.program("ruff"), "format", "--quiet", "migrations"],
        [environment.program("ruff"), "check", "--fix", "--quiet", "migrations"],
    ):
        status, output = run(command, project, variables | {"APP_ENVIRONMENT": "development"})
        assert status == 0, output


MIGRATE = """
from alembic import command
from alembic.config import Config
from tests.chassis.database import temporary_database

config = Config(toml_file="pyproject.toml")
with temporary_database() as config.attributes["database"]:
    command.upgrade(config, "head")
    command.revision(config, "add them", autogenerate=True)
"""


def migrate_anew(project: Path, environment: Environment) -> None:
    """Write a migration with a database of the tests, whichever it is."""
    for command in (
        [environment.program("python"), "-c", MIGRATE],
        [environment.program("ruff"), "format", "--quiet", "migrations"],
        [environment.program("ruff"), "check", "--fix", "--quiet", "migrations"],
    ):
        status, output = run(command, project, environment.variables())
        assert status == 0, output


def check(project: Path, environment: Environment, *tests: str) -> str:
    """What `just check` does, with all tests that it runs or with some; what they said."""
    variables, said = environment.variables() | environment.cache_of_types(), ""
    for command in steps_of(project, "check"):
        program, *arguments = shlex.split(command)
        if program == "pytest":  # projects run beside each other already
            arguments = [*arguments, *tests, "-n", "0"]
        status, said = run([environment.program(program), *arguments], project, variables)
        assert status == 0, f"{command}\n{said}"
    return said


def of_owners(project: Path) -> list[str]:
    """The tests that read what owners write: all but those that know no users and posts."""
    rooms = [path for path in (project / "tests").iterdir() if path.is_dir()]
    names = sorted(path.name for path in rooms if path.name not in {"chassis", "__pycache__"})
    return [*(f"tests/{name}" for name in names), "tests/chassis/yours"]


def run_some(project: Path, environment: Environment, *tests: str) -> str:
    status, said = run([environment.program("pytest"), *tests], project, environment.variables())
    assert status == 0, said
    return said
