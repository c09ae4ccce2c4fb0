"""${r.several.capitalize()}: each call makes a new one, arguments say what matters to the test."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

import httpx2

from ..chassis.yours.seeds import Known, Seeds

% if counts:
_number = count(1)
% endif


async def ${r.name}_body(known: Known, **given: Any) -> dict[str, Any]:
% if refs_to_make:
    """With what it refers to."""
% endif
    return {
% for f in r.fields:
% if not f.is_ref:
        "${f.column}": ${samples(f)[0]},
% elif not f.is_optional:
        "${f.column}": await known.id_of("${f.column}"),
% endif
% endfor
    } | given


async def create_${r.name}(client: httpx2.AsyncClient, known: Known | None = None, **given: Any) -> dict[str, Any]:
    """${a_one.capitalize()}, made over HTTP, as it was answered."""
    body = await ${r.name}_body(known or Known(client), **given)
    response = await client.post("${r.url}", json=body)
    assert response.status_code == 201, response.text
    ${r.name}: dict[str, Any] = response.json()
    return ${r.name}


% for f in seeded:
async def some_${f.name}(_: httpx2.AsyncClient, known: Known) -> str:
    return await known.id_of("${f.target}_id")


% endfor
async def some_${r.name}(client: httpx2.AsyncClient, known: Known) -> str:
    ${r.name}_id: str = (await create_${r.name}(client, known))["id"]
    return ${r.name}_id


SEEDS: Seeds = {
% for f in seeded:
    "${f.column}": some_${f.name},
% endfor
    "${r.name}_id": some_${r.name},
}
