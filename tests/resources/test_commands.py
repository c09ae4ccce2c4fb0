"""`just new` and its way back, `just change` and what it keeps, what both refuse."""

import pytest

from tests.resources.commands import INVOICE, LINE, Project

pytestmark = pytest.mark.slow

SPEC = """
[invoice]
fields = {number = "str=20:unique", courier = "ref(delivery_person):cascade"}

[delivery_person]
fields = {name = "str"}
"""
"""Invoices refer to what comes after them."""


def test_what_was_made_and_removed_leaves_nothing(project: Project) -> None:
    """Neither in the files nor in the database, whatever the order."""
    project.python("-m", "app", "migrate")
    files, tables = project.status(), project.tables()

    project.resources("new", *INVOICE)
    project.resources("new", "label", "text_of_it:str")
    project.resources("new", *LINE)
    project.python("-m", "app", "migrate")
    assert "invoice_lines" in project.tables()
    said = project.resources("remove", "invoice", fails=True)
    assert "invoice_line refers to invoice" in said
    project.git("add", "-A")
    for name in ("invoice_line", "invoice", "label"):
        project.resources("remove", name)

    assert project.status() == files == ""
    assert project.tables() == tables


def test_what_was_committed_is_dropped_by_a_migration(project: Project) -> None:
    project.python("-m", "app", "migrate")
    tables = project.tables()
    project.resources("new", *INVOICE)
    project.commit()
    project.python("-m", "app", "migrate")
    with_invoices = project.tables()
    project.edit("src/app/services/invoices.py", '"""What can', '"""Mine: what can')

    said = project.resources("remove", "invoice", fails=True)
    assert "src/app/services/invoices.py" in said
    assert project.status() == " M src/app/services/invoices.py\n"
    project.resources("remove", "invoice", "--delete-edited")
    project.python("-m", "app", "migrate")

    (left,) = [line for line in project.status().splitlines() if not line.startswith(" D ")]
    assert left.startswith("?? migrations/versions/")
    assert not [*project.folder.glob("src/app/**/invoice*.py")]
    assert made(project.tables()) == made(tables)
    project.python("-m", "alembic", "check")
    project.python("-m", "alembic", "downgrade", "-1")
    assert made(project.tables()) == made(with_invoices)


def made(tables: str) -> list[str]:
    """What a database is made of, without what is in it, and how SQL is spaced."""
    return sorted(" ".join(each.split()) for each in tables.split(";") if "CREATE" in each)


def test_a_change_keeps_edits_and_rows(project: Project) -> None:
    project.resources("new", *INVOICE)
    project.edit("src/app/services/invoices.py", '"""What can', '"""Mine: what can')
    project.commit()
    project.python("-m", "app", "migrate")
    project.python("-c", ROW)

    changes = ["total:rename=amount", "number:rename=code", "due_on:date:optional:index"]
    more = ["note:drop", "urgent:bool:default=false", "status:enum(draft|sent|lost|paid):index"]
    said = project.resources("change", "invoice", *changes, *more)
    project.python("-m", "app", "migrate")

    assert "note goes with all its values." in said
    assert "Mine:" in (project.folder / "src/app/services/invoices.py").read_text()
    assert "VALUES('N1',12.5,'draft'" in project.tables().replace(ID, "").replace("'',", "")
    assert "amount:decimal(12,2):min=0:index" in project.resources("resources")
    project.python("-m", "alembic", "check")
    mine = ["tests/api/test_invoices.py", "tests/chassis/yours/test_migrations.py"]
    project.python("-m", "pytest", "-q", "-m", "not thorough", *mine)
    project.python("-m", "mypy")
    project.python("-m", "ruff", "check")
    project.python("-m", "ruff", "format", "--check")


ID = "'01890000000070008000000000000001',"
ROW = f"""
import sqlite3

database = sqlite3.connect("app.db")
moment = "'2026-01-01 00:00:00','2026-01-01 00:00:00'"
database.execute(
    "insert into users (id, email, name, created_at, updated_at)"
    f" values ({ID} 'ada@example.org', 'Ada', {{moment}})"
)
database.execute(
    "insert into invoices (id, number, total, customer_id, issued_on, created_at, updated_at)"
    f" values ({ID} 'N1', 12.5, {ID} '2026-01-31', {{moment}})"
)
database.commit()
"""


def test_the_same_lines_changed_twice_are_marked(project: Project) -> None:
    project.resources("new", "invoice", "number:str=20:unique")
    project.edit("src/app/schemas/invoices.py", "max_length=20", "max_length=19")

    said = project.resources("change", "invoice", "number:str=30:unique", fails=True)

    assert "Choose, and delete the marks:\n    src/app/schemas/invoices.py" in said
    text = (project.folder / "src/app/schemas/invoices.py").read_text()
    assert "<<<<<<< yours" in text
    assert "max_length=30" in text


CIRCLE = """
bill.fields = {payment = "ref:optional"}
payment.fields = {bill = "ref:optional"}
"""
UNFIT = {
    "invoice customer:ref(client)": "there is no client; there are account, post",
    "invoice customer:ref(account)": "errors/accounts.py has no class AccountNotFound",
    "invoice post:ref(user)": "would be taken for that of a post",
    f"{'i' * 24} {'a' * 35}:ref(user)": "PostgreSQL takes 63",
    "post a:int": "These files exist already",
    "--spec nowhere.toml": "can't be read",
    "--spec uv.lock": "[version] has fields",
    "--spec resources.toml": "bill, payment refer to each other",
    "": "Say what it is called",
}


def test_what_does_not_fit_the_project_is_refused(project: Project) -> None:
    (project.folder / "resources.toml").write_text(CIRCLE)

    for words, reason in UNFIT.items():
        said = project.resources("new", *words.split(), fails=True)

        assert reason in said
        assert "Nothing was changed." in said
    assert project.status() == "?? resources.toml\n"


def test_circles_and_ids_of_two_meanings_are_refused(project: Project) -> None:
    project.resources("new", "payment", "payer:ref(user)")
    project.resources("new", "bill", "payment:ref")

    circle = project.resources("change", "payment", "bill:ref:optional", fails=True)
    other = project.resources("new", "debt", "payer:ref(post)", fails=True)
    taken = project.resources("new", "payer", "name:str", fails=True)

    assert "tables in a circle" in circle
    assert "call it debt_payer" in other
    assert "call the resource payer_entry" in taken


def test_a_file_tells_of_several(project: Project) -> None:
    (project.folder / "spec.toml").write_text(SPEC)

    dry = project.resources("new", "--spec", "spec.toml", "--dry-run")
    assert "======== src/app/db/models/delivery_person.py" in dry
    assert "class Invoice(Base):" in dry
    assert project.status() == "?? spec.toml\n"
    project.resources("new", "--spec", "spec.toml")

    assert (project.folder / "src/app/services/delivery_people.py").exists()
    assert "invoice (invoices)\n    number:str=20:unique" in project.resources("resources")
    assert "a_removed_courier_takes_it_along" in project.read("tests/api/test_invoices.py")
    for name in ("invoice", "delivery_person"):
        project.resources("remove", name)
    assert project.status() == "?? spec.toml\n"
