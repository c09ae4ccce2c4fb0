"""Mistakes in what `just new` writes, each found by the tests that it writes."""

from pathlib import Path

import pytest

from tests.mutations.applying import workshop
from tests.mutations.listed import Mutation
from tests.resources.commands import Project

pytestmark = pytest.mark.slow

INVOICE = (
    "invoice number:str=20:unique total:decimal(12,2):min=0:index status:enum(draft|paid):index"
    " customer:ref(user) note:text:optional"
)
APP = "src/app/"
ERRORS = "db/repositories/invoices.py"
SERVICE = "services/invoices.py"
SCHEMAS = "schemas/invoices.py"

MISTAKES = [
    (ERRORS, '        "uq_invoices_number": InvoiceNumberTaken,\n', "", "what_is_taken_conflicts"),
    (
        SERVICE,
        "        await self._require_references(values)\n",
        "",
        "what_it_refers_to_must_exist",
    ),
    (
        SERVICE,
        "        await self._require_references(changes)\n",
        "",
        "it_can_refer_to_something_else",
    ),
    (SERVICE, "equal=equal,\n", "equal={},\n", "those_with_a_value_can_be_asked_for"),
    (SERVICE, "sort=query.sort,", 'sort="id",', "they_are_sorted_page_by_page"),
    (SERVICE, "count(**equal)", "count()", "those_with_a_value_can_be_asked_for"),
    (SERVICE, "after=query.after,", "after=None,", "pages_show_each_once_in_order_of_creation"),
    (
        SCHEMAS,
        'ranges: ClassVar = ("total",)',
        "ranges: ClassVar = ()",
        "those_within_a_range_can_be_asked_for",
    ),
    (
        SCHEMAS,
        "DecimalText(12, 2, signed=False)",
        "DecimalText(12, 2)",
        "what_no_client_means_is_refused",
    ),
    (
        SCHEMAS,
        "class InvoiceQuery(SortedQuery)",
        "class InvoiceQuery(PageQuery)",
        "no_other_order_or_filter_is_taken",
    ),
    (
        SCHEMAS,
        "note: Note | MISSING | None = MISSING",
        "note: Note | None = None",
        "a_change_keeps_what_it_leaves_out",
    ),
]


@pytest.mark.parametrize("project", [{"preset": "minimal"}], ids=["none"], indirect=True)
def test_each_mistake_is_found(project: Project, tmp_path: Path) -> None:
    project.resources("new", *INVOICE.split())
    project.edit(APP + SCHEMAS, "import Page, SortedQuery", "import Page, PageQuery, SortedQuery")
    survived = list[str]()

    with workshop(project.folder, tmp_path / "copy", project.environment) as found:
        for path, right, wrong, test in MISTAKES:
            name = f"tests/api/test_invoices.py::test_{test}"
            mistake = Mutation("", test, APP + path, right, wrong, (name,))
            survived += found.tried(mistake).survived

    assert survived == []
