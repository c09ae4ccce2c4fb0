"""Bring the database to the newest migration.

It waits for the database, and for another process that migrates it, for up to
$APP_DATABASE_MIGRATION_WAIT seconds. Start it where pyproject.toml and the migrations are.
"""

import sys
from pathlib import Path

from alembic.config import CommandLine


def run() -> None:
    if not Path("pyproject.toml").is_file():
        sys.exit("There are no migrations here: start it where pyproject.toml is.")
    CommandLine().main(["upgrade", "head"])
