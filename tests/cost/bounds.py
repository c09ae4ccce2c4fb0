"""What requests may cost, as docs/reference/performance.md tells it."""

from collections.abc import Mapping

from tests.rendering.renders import ROOT

PAGE = ROOT / "docs" / "reference" / "performance.md"
COLUMNS = ("ping", "read", "list", "create")

Costs = Mapping[str, Mapping[str, int]]
"""By row, then by kind of work."""


def most_calls(page: str) -> Costs:
    return _table(page, "calls")


def prices(page: str) -> Costs:
    return _table(page, "prices")


def risen(page: str, before: str) -> list[str]:
    """Bounds that are higher than they were, by more than what was priced since."""
    new = prices(page).keys() - prices(before).keys()
    bounds = most_calls(page)
    return [
        f"{row}, {work}: {bounds[row][work]} after {was}"
        for row, works in most_calls(before).items()
        for work, was in works.items()
        if row in bounds and bounds[row][work] > was + sum(prices(page)[one][work] for one in new)
    ]


def _table(page: str, name: str) -> Costs:
    """Empty on pages from before there was such a table."""
    _, _, rest = page.partition(f"<!-- {name}:begin -->\n")
    block, _, _ = rest.partition(f"<!-- {name}:end -->")
    found = {}
    for line in block.splitlines()[2:]:
        row, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        numbers = (int(cell.replace(",", "")) for cell in cells)
        found[row.replace("`", "")] = dict(zip(COLUMNS, numbers, strict=True))
    return found
