"""What a request may cost only falls, unless what raises it is named with its price."""

import pytest

from tests.cost.bounds import PAGE, most_calls, prices, risen
from tests.rendering.renders import ROOT
from tests.updates.history import git

CALLS = """
<!-- calls:begin -->
| at most | ping | read one | list 20 | create |
| - | - | - | - | - |
| `queue` | {} | 1,000 | 2 | 3 |
<!-- calls:end -->
<!-- prices:begin -->
| what | ping | read one | list 20 | create |
| - | - | - | - | - |
{}<!-- prices:end -->
"""
PRICE = "| a new layer | 10 | 0 | 0 | 0 |\n"


def test_the_page_has_bounds_and_prices() -> None:
    page = PAGE.read_text()
    assert most_calls(page).keys() == {
        "queue",
        "asyncpg",
        "queue with metrics",
        "queue with tracing",
        "queue with tracing, to a collector",
    }
    assert {"deadline", "proxies", "no-store", "turns", "metrics", "tracing"} <= prices(page).keys()


def test_bounds_have_not_risen_without_a_price() -> None:
    """Since any commit that is here; a shallow clone has one."""
    commits = git(ROOT, "log", "--format=%H", "--", PAGE.relative_to(ROOT).as_posix()).split()
    for commit in commits:
        before = git(ROOT, "show", f"{commit}:{PAGE.relative_to(ROOT).as_posix()}")
        assert risen(PAGE.read_text(), before) == [], commit


@pytest.mark.parametrize(
    ("bound", "price", "judged"),
    [(100, "", 0), (99, "", 0), (101, "", 1), (110, PRICE, 0), (111, PRICE, 1)],
)
def test_a_bound_that_rises_is_found(bound: int, price: str, judged: int) -> None:
    assert len(risen(CALLS.format(bound, price), CALLS.format(100, ""))) == judged


def test_what_was_priced_before_pays_nothing_again() -> None:
    assert risen(CALLS.format(101, PRICE), CALLS.format(100, PRICE)) == [
        "queue, ping: 101 after 100"
    ]
