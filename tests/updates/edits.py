"""What people do to a generated service. Each edit has its place in every variant and release."""

import re
from collections.abc import Callable
from pathlib import Path

Edit = Callable[[Path], None]


def replace(file: Path, old: str, new: str) -> None:
    """Raises `LookupError` unless `old` stands there once."""
    text = file.read_text()
    if text.count(old) != 1:
        place = f"{file.name} has {text.count(old)} times: {old!r}"
        raise LookupError(f"{place}. Choose another place for this edit in tests/updates/edits.py.")
    file.write_text(text.replace(old, new))


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text() + text)


def add_route(project: Path) -> None:
    """In a file that was shipped."""
    route = """

@router.get("/posts/{post_id}/words")
async def count_words(posts: ReadPostsDep, post_id: UUID) -> PostImported:
    \"\"\"How long a post is, in words.\"\"\"
    return PostImported(count=len((await posts.get(post_id)).body.split()))
"""
    append(project / "src" / "app" / "api" / "routes" / "posts.py", route)


MAIL = '''class MailSettings(Group):
    sender: str = Field(default="", max_length=100)
    """Who mails come from."""
'''


def add_setting(project: Path) -> None:
    """A group of one's own. Before 0.3.0 it stood in one file with those of the template."""
    field = "    mail: MailSettings = MailSettings()\n"
    settings = project / "src" / "app" / "config.py"
    if (project / "src" / "app" / "groups.py").exists():
        health = "class HealthSettings(Group):\n"
        replace(settings, health, f"{MAIL}\n\n{health}")
        last = "    health: HealthSettings = HealthSettings()\n"
        replace(settings, last, last + field)
    else:
        imports = "from .chassis.config import ChassisSettings, read\n"
        more = "from pydantic import Field\n\n", "from .chassis.settings import Group\n\n\n"
        replace(settings, imports + "\n\n", f"{more[0]}{imports}{more[1]}{MAIL}\n\n")
        told = 'lies next to what it sets."""\n'
        replace(settings, told, f"{told}\n{field}")
    first = "APP_ENVIRONMENT=development\n"
    example = "# Who mails come from.\n# APP_MAIL_SENDER=\n"
    replace(project / ".env.example", first, f"{first}\n{example}")


def add_error(project: Path) -> None:
    """And a file that uses it, whose imports must follow."""
    split = project / "src" / "app" / "errors.py"
    error = 'class InvoiceNotFound(NotFound):\n    detail = "There is no such invoice."\n'
    service = project / "src" / "app" / "services" / "invoices.py"
    if split.exists():
        append(split, f"\n\n{error}")
        module = "..errors"
    else:
        head = '"""Moved from `src/app/errors.py`, which the template has split."""'
        imports = "from ..chassis.errors import NotFound"
        (split.parent / "errors" / "own.py").write_text(f"{head}\n\n{imports}\n\n\n{error}")
        module = "..errors.own"
    service.write_text(INVOICES.format(module=module))


INVOICES = '''"""What can be done with invoices."""

from {module} import InvoiceNotFound


def refuse() -> None:
    raise InvoiceNotFound
'''


def add_dependency(project: Path) -> None:
    pyproject = project / "pyproject.toml"
    (line,) = re.findall(r'^    "fastapi>=.*\n', pyproject.read_text(), re.MULTILINE)
    replace(pyproject, line, f'{line}    "fastapi-mail>=1.6,<2",\n')


def delete_file(project: Path) -> None:
    (project / "docs" / "decisions" / "0002-errors-are-problems.md").unlink()


def add_migration(project: Path) -> None:
    text = '"""Add invoices."""\n\nrevision = "a1b2c3"\ndown_revision = "0001"\n'
    versions = project / "migrations" / "versions"
    (versions / "2027_01_05_0900_add_invoices.py").write_text(text)


def rewrite_section(project: Path) -> None:
    """Of the README."""
    readme = project / "README.md"
    heading = "## Settings\n"
    section = heading + readme.read_text().partition(heading)[2].partition("\n## ")[0] + "\n"
    replace(
        readme, section, f"{heading}\nAsk the team of the order desk before you change them.\n\n"
    )


def rename_by_hand(project: Path) -> None:
    """Without telling Copier."""
    replace(project / "README.md", "# My Service\n", "# Order Desk\n")
    main = project / "src" / "app" / "main.py"
    replace(main, 'title="My Service"', 'title="Order Desk"')


EDITS: tuple[Edit, ...] = (
    add_route,
    add_setting,
    add_error,
    add_dependency,
    delete_file,
    add_migration,
    rewrite_section,
)


def edit(project: Path) -> None:
    """All of them at once, as in a service that is in use."""
    for change in EDITS:
        change(project)


def nothing(_: Path) -> None:
    """A pristine project."""
