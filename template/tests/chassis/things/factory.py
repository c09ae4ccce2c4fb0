"""What tests put in: each call makes something new, arguments say what matters to the test."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import httpx2

from app.chassis.db.database import Database

from .tables import Box, Item, Kind, Parcel

URL = "/api/v1/boxes"

_number = count(1)


def box_body(**given: Any) -> dict[str, Any]:
    return {"label": f"Box {next(_number)}", "note": "Some note."} | given


async def make_box(client: httpx2.AsyncClient, **given: Any) -> dict[str, Any]:
    """A box, made over HTTP, as it was answered."""
    response = await client.post(URL, json=box_body(**given))
    assert response.status_code == 201, response.text
    box: dict[str, Any] = response.json()
    return box


async def store_box(database: Database, items: int = 0) -> Box:
    """A box with some items, straight into the database."""
    box = Box(**box_body())
    box.items = [Item(text=f"Item {number}") for number in range(items)]
    async with database.transaction() as session:
        session.add(box)
    return box


async def store_parcel(database: Database, number: int) -> Parcel:
    """Some have equal values, each third one has not been sent."""
    parcel = Parcel(
        kind=[*Kind][number % 2],
        weight=number % 4,
        price=Decimal(number % 3) / 2,
        sent_on=date(2026, 1, 1 + number % 5) if number % 3 else None,
    )
    async with database.transaction() as session:
        session.add(parcel)
    return parcel
