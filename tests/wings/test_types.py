"""The tests that a project inherits don't fight honest code: columns of each type, and answers that
are no JSON."""

from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.wings.adding import check, migrate_anew, run_some
from tests.wings.pages import files_on, write_from

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
ORDERS = (HERE / "orders.md").read_text()
ODD_ROUTES = (HERE / "odd_routes.md").read_text()
PAGE = "<!doctype html>\n<title>Pages</title>\n"
STREAMS = "src/app/api/routes/odd.py"

OF_ORDERS = "orders or odd or tables or migrations or routes or exports or tail or ticks"
OF_ODD_ROUTES = "odd or application or routes or exports or tail or ticks or PATCH"
"""What can't fail because of them is left out."""

SQLITE = {"preset": "standard"}
POSTGRESQL = {"preset": "full", "database_driver": "asyncpg", "pooling_mode": "asyncpg"}
OPEN = {"preset": "minimal"}

RULES = '''"""Everybody may read what is odd."""

from ...chassis.http.guard import Rules
from ..callers import everybody

RULES: Rules = {
    "GET /exports/numbers": everybody,
    "GET /exports/source": everybody,
    "GET /exports/name": everybody,
    "GET /tail": everybody,
    "GET /api/v2/ticks": everybody,
    "GET /internal/ticks/{number}": everybody,
}
'''
MAY = '''"""Everybody may read what is odd."""

from ..chassis.yours.callers import EVERYBODY, Lines

MAY: Lines = {
    "GET /exports/numbers": EVERYBODY,
    "GET /exports/source": EVERYBODY,
    "GET /exports/name": EVERYBODY,
    "GET /tail": EVERYBODY,
    "GET /api/v2/ticks": EVERYBODY,
    "GET /internal/ticks/{number}": EVERYBODY,
}
'''


@pytest.mark.parametrize("project", [SQLITE], ids=["sqlite"], indirect=True)
def test_a_resource_with_every_type_is_green(project: Path, environment: Environment) -> None:
    """With streams beside it, behind rules; what can't be behind one is left out."""
    assert write_from(project, ORDERS) == []
    migrate_anew(project, environment)
    for path, text in (("src/app/api/rules/odd.py", RULES), ("tests/rules/odd.py", MAY)):
        (project / path).write_text(text)
    (project / STREAMS).write_text(streams())

    tests = ["tests/api/test_orders.py", "tests/chassis/yours", "-k", OF_ORDERS]
    assert "passed" in check(project, environment, *tests)


@pytest.mark.parametrize("project", [POSTGRESQL], ids=["asyncpg"], indirect=True)
def test_it_is_the_same_on_postgresql(project: Path, environment: Environment) -> None:
    write_from(project, ORDERS)
    migrate_anew(project, environment)

    tests = ["tests/api/test_orders.py", "tests/chassis/yours/test_migrations.py"]
    assert "passed" in run_some(project, environment, *tests)


@pytest.mark.parametrize("project", [OPEN], ids=["none"], indirect=True)
def test_answers_that_are_no_json_are_green(project: Path, environment: Environment) -> None:
    (existed,) = write_from(project, ODD_ROUTES)
    (project / "src/app/pages").mkdir()
    (project / "src/app/pages/index.html").write_text(PAGE)

    tests = ["tests/api/test_odd.py", "tests/chassis/yours", "-k", OF_ODD_ROUTES]
    assert existed.name == "main.py"
    assert "passed" in run_some(project, environment, *tests)


def streams() -> str:
    """Only those routes that are functions with a method."""
    return files_on(ODD_ROUTES)[STREAMS]
