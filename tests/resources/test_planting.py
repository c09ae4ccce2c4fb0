"""Mistakes in what `just new` writes, each found by the tests that it writes."""

import pytest

from tests.resources.commands import Project
from tests.servers.commands import run

pytestmark = pytest.mark.slow

INVOICE = (
    "invoice number:str=20:unique total:decimal(12,2):min=0:index status:enum(draft|paid):index"
    " customer:ref(user) payer:ref(user):owner:cascade note:text:optional"
)
APP = "src/app/"
ERRORS = "db/repositories/invoices.py"
SERVICE = "services/invoices.py"
SCHEMAS = "schemas/invoices.py"

TESTS_FAILED = 1

MISTAKES = [
    (ERRORS, '        "uq_invoices_number": InvoiceNumberTaken,\n', "", "taken_conflicts"),
    (SERVICE, "        await self._require_references(values)\n", "", "must_exist"),
    (SERVICE, "        await self._require_references(changes)\n", "", "refer_to_something_else"),
    (SERVICE, "equal=equal,\n", "equal={},\n", "asked_for"),
    (SERVICE, "sort=query.sort,", 'sort="id",', "sorted_page_by_page"),
    (SERVICE, "count(**equal)", "count()", "asked_for"),
    (SERVICE, "after=query.after,", "after=None,", "each_once"),
    (SCHEMAS, 'ranges: ClassVar = ("total",)', "ranges: ClassVar = ()", "within_a_range"),
    (SCHEMAS, "DecimalText(12, 2, signed=False)", "DecimalText(12, 2)", "no_client_means"),
    (SCHEMAS, "class InvoiceQuery(SortedQuery)", "class InvoiceQuery(PageQuery)", "no_other_order"),
    (SCHEMAS, "note: Note | MISSING | None = MISSING", "note: Note | None = None", "leaves_out"),
    ("api/rules/invoices.py", "account.id != payer_id", "account.id is None", "who_owns_them"),
]


@pytest.fixture
def planted(project: Project) -> Project:
    project.resources("new", *INVOICE.split())
    project.edit(APP + SCHEMAS, "import Page, SortedQuery", "import Page, PageQuery, SortedQuery")
    return project


def test_each_mistake_is_found(planted: Project) -> None:
    tests = "tests/api/test_invoices.py"
    survived = []

    for path, right, wrong, test in MISTAKES:
        before = planted.read(APP + path)
        planted.edit(APP + path, right, wrong)
        python = planted.environment.program("python")
        command = [python, "-m", "pytest", "-qx", tests, "-k", test]
        status, said = run(command, planted.folder, planted.environment.variables())
        if status != TESTS_FAILED:
            assert status == 0, said
            survived.append(wrong or right)
        (planted.folder / APP / path).write_text(before)

    assert survived == []
    assert "passed" in planted.python("-m", "pytest", "-q", tests)
