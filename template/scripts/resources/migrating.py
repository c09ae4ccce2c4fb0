"""Migrations of resources: written, taken back, and the way back from what was committed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from . import Refused
from .stencil import ruff

_MIGRATIONS = "migrations"
_TABLES = re.compile(r'op\.(?:create_table|drop_table|batch_alter_table)\(\s*"(\w+)"')


def run(*arguments: str) -> str:
    """A module of Python, in the project. Raises `Refused` with what it said."""
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"{done.stdout}{done.stderr}".strip())
    return done.stdout


def bring_up_to_date() -> None:
    """So that the next migration has nothing in it but what is asked for. Raises `Refused`."""
    run("app", "migrate")
    try:
        run("alembic", "check")
    except Refused as differing:
        raise Refused(
            f'{differing}\nModels and migrations differ already. First: uv run just migrate "…"'
        ) from None


def write(message: str) -> Path | None:
    """From what changed in the models; None when the database needs no change."""
    path = _written("--autogenerate", "-m", message)
    if "op." not in path.read_text():
        path.unlink()
        return None
    _tidy()
    return path


def write_rename(table: str, old: str, new: str) -> Path:
    """Alembic takes a renamed column for a dropped and an added one, and its values would be
    gone."""
    path = _written("-m", f"rename {old} of {table} to {new}")
    there, back = (_renaming(table, *names) for names in ((old, new), (new, old)))
    _fill(path, there, back)
    _tidy()
    return path


def _renaming(table: str, old: str, new: str) -> str:
    return (
        f'with op.batch_alter_table("{table}") as batch_op:\n'
        f'    batch_op.alter_column("{old}", new_column_name="{new}")'
    )


def write_drop(table: str, drop: str, create: str) -> Path:
    """Of a table that others may have made already."""
    path = _written("-m", f"drop {table}")
    _fill(path, drop, create)
    _tidy()
    return path


def _written(*arguments: str) -> Path:
    known = {script.path for script in _all()}
    run("alembic", "revision", *arguments)
    (path,) = (Path(script.path) for script in _all() if script.path not in known)
    return path


def _fill(path: Path, upgrade: str, downgrade: str) -> None:
    head, middle, end = re.split(r"^    pass\n", path.read_text(), flags=re.MULTILINE)
    up, down = (re.sub("^(?=.)", "    ", body, flags=re.MULTILINE) for body in (upgrade, downgrade))
    text = f"{head}{up}\n{middle}{down}\n{end}"
    imports = "import sqlalchemy as sa\n" if "sa." in up + down else ""
    if "postgresql." in up + down:
        imports += "from sqlalchemy.dialects import postgresql\n"
    path.write_text(text.replace("from alembic import op\n", f"{imports}from alembic import op\n"))


def _tidy() -> None:
    ruff("format", _MIGRATIONS, project=Path())
    ruff("check", "--fix", "--exit-zero", _MIGRATIONS, project=Path())


def _all() -> Iterator[Script]:
    """Newest first."""
    yield from ScriptDirectory.from_config(Config(toml_file="pyproject.toml")).walk_revisions()


def take_back(table: str) -> list[Path] | None:
    """Undo the migrations of a table and delete them, if nobody else can have them; else None."""
    since = _since_creation(table)
    of_table = [script for script in since if table in _tables(script)]
    if not of_table or any(_is_committed(script) for script in since):
        return None
    if any(_tables(script) != {table} for script in of_table):
        return None
    before = since[-1].down_revision
    if not isinstance(before, str | None) or not _is_line(since):
        return None
    current = run("alembic", "current").split()
    if any(script.revision in current for script in since):
        run("alembic", "downgrade", before or "base")
    kept = [script for script in reversed(since) if script not in of_table]
    for script in kept:
        before = _follow(script, before)
    for script in of_table:
        Path(script.path).unlink()
    if kept:
        run("app", "migrate")
    return [Path(script.path) for script in of_table]


def _since_creation(table: str) -> list[Script]:
    """Newest first, down to the one that made the table; none when that isn't known."""
    found = []
    for script in _all():
        found.append(script)
        if re.search(rf'op\.create_table\(\s*"{table}"', _up(script)):
            return found
    return []


def _up(script: Script) -> str:
    return Path(script.path).read_text().partition("\ndef downgrade")[0]


def _tables(script: Script) -> set[str]:
    return set(_TABLES.findall(Path(script.path).read_text()))


def _is_line(scripts: Sequence[Script]) -> bool:
    return all(later.down_revision == earlier.revision for later, earlier in pairwise(scripts))


def _is_committed(script: Script) -> bool:
    """Where there is no git, who knows."""
    path = Path(script.path).relative_to(Path.cwd()).as_posix()
    asked = (["rev-parse", "--git-dir"], ["cat-file", "-e", f"HEAD:./{path}"])
    inside, known = (
        not subprocess.run(["git", *each], capture_output=True, check=False).returncode
        for each in asked
    )
    return known or not inside


def _follow(script: Script, before: str | None) -> str:
    """Let it come right after another one."""
    path = Path(script.path)
    line = f"down_revision: str | Sequence[str] | None = {json.dumps(before) if before else None}"
    path.write_text(re.sub(r"^down_revision\b.*", line, path.read_text(), flags=re.MULTILINE))
    return script.revision
