"""Pages in the order of any column, of rows that have some values."""

from collections.abc import Sequence
from typing import Any

import pytest

from app.chassis.db.database import Database
from app.chassis.errors import PageLost
from app.chassis.paging import Between

from ..things.factory import store_parcel
from ..things.repositories import ParcelRepository

SORTS = ["id", "weight", "price", "sent_on", "kind"]


async def all_pages(database: Database, limit: int, **given: Any) -> list[Any]:
    """Page by page, each behind the last of the one before."""
    parcels, seen = ParcelRepository(database.reader), list[Any]()
    while page := await parcels.read_page_by(
        limit=limit, after=seen[-1].id if seen else None, **given
    ):
        seen += page
    return seen


def expected(rows: Sequence[Any], column: str, *, is_reverse: bool) -> list[Any]:
    there = [row for row in rows if getattr(row, column) is not None]
    there.sort(key=lambda row: (getattr(row, column), row.id), reverse=is_reverse)
    missing = [row for row in rows if getattr(row, column) is None]
    missing.sort(key=lambda row: row.id, reverse=is_reverse)
    return there + missing


@pytest.mark.parametrize("sign", ["", "-"], ids=["up", "down"])
@pytest.mark.parametrize("sort", SORTS)
async def test_pages_show_each_row_once_in_order(database: Database, sort: str, sign: str) -> None:
    """With equal values, and with missing ones."""
    for number in range(11):
        await store_parcel(database, number)

    rows = await ParcelRepository(database.reader).read_page(limit=20)

    order = [row.id for row in expected(rows, sort, is_reverse=bool(sign))]
    for limit in (1, 3, 20):
        seen = await all_pages(database, limit, sort=sign + sort)
        assert [row.id for row in seen] == order
    skipped = await ParcelRepository(database.reader).read_page_by(
        limit=3, offset=4, sort=sign + sort
    )
    assert [row.id for row in skipped] == order[4:7]


async def test_a_page_holds_only_rows_with_the_values(database: Database) -> None:
    for number in range(8):
        await store_parcel(database, number)

    light = await all_pages(database, 2, equal={"weight": 1}, sort="-price")

    assert light
    assert {row.weight for row in light} == {1}
    assert await ParcelRepository(database.reader).count(weight=1) == len(light)


@pytest.mark.parametrize("column", ["weight", "price", "sent_on"])
async def test_a_page_holds_only_rows_from_the_least_to_the_most(
    database: Database, column: str
) -> None:
    """Both ends included; what has no value is within no range."""
    for number in range(11):
        await store_parcel(database, number)
    parcels = ParcelRepository(database.reader)
    found = {getattr(row, column) for row in await parcels.read_page(limit=20)}
    values = sorted(found - {None})
    ends = {column: Between(values[1], values[-2])}

    seen = await all_pages(database, 2, equal=ends)

    assert {getattr(row, column) for row in seen} == {*values[1:-1]}
    assert await parcels.count(**ends) == len(seen)
    assert await parcels.count(**{column: Between(most=values[0])}) < 5


@pytest.mark.parametrize("sort", ["weight", "-weight", "sent_on"])
async def test_a_page_behind_a_row_that_is_gone_is_no_empty_one(
    database: Database, sort: str
) -> None:
    """It would read like the end of the list."""
    for number in range(4):
        await store_parcel(database, number)
    first = await ParcelRepository(database.reader).read_page_by(limit=1, sort=sort)
    async with database.transaction() as session:
        await ParcelRepository(session).delete(first[0].id)

    with pytest.raises(PageLost):
        await ParcelRepository(database.reader).read_page_by(limit=1, sort=sort, after=first[0].id)


async def test_behind_the_last_row_there_is_nothing(database: Database) -> None:
    parcel = await store_parcel(database, 1)

    page = await ParcelRepository(database.reader).read_page_by(
        limit=1, sort="price", after=parcel.id
    )

    assert list(page) == []
