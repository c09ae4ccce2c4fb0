"""Something that exists for each id in a path or a body, made at the first need."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2

from app.chassis.scanning import modules_of

from ... import resources


class Known:
    """Ids by the names that paths and bodies give them."""

    def __init__(self, client: httpx2.AsyncClient, given: Mapping[str, str] | None = None) -> None:
        """`client` may do everything. What is `given` need not be made."""
        self._client = client
        self._ids = dict(given or {})

    async def id_of(self, name: str) -> str:
        if name not in self._ids:
            self._ids[name] = await all_seeds()[name](self._client, self)
        return self._ids[name]

    async def ids_of(self, *names: str) -> dict[str, str]:
        """Of those that something in `tests/resources` makes."""
        made = [name for name in names if name in self._ids.keys() | all_seeds().keys()]
        return {name: await self.id_of(name) for name in made}


Seeds = Mapping[str, Callable[[httpx2.AsyncClient, Known], Awaitable[str]]]
"""How to get something that exists, by the name of its id."""


def all_seeds() -> dict[str, Any]:
    """`SEEDS` of all modules in `tests/resources`."""
    found: dict[str, Any] = {}
    for module in modules_of(resources):
        found |= getattr(module, "SEEDS", {})
    return found
