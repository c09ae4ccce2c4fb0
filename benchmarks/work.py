"""The kinds of work that servers are asked to do."""

from dataclasses import dataclass
from typing import Literal

from benchmarks.data import Size, user_id

USERS = "/api/v1/users"
# For the user who is last in every list, so that none gets longer by what is imported.
IMPORT = f"{USERS}/{user_id(Size().users - 1)}/posts/import"


@dataclass(frozen=True)
class Work:
    name: str
    title: str
    """Heads its column."""

    path: str
    """What is asked for; of `pick` what comes before the id."""

    how: Literal["get", "pick", "create", "mixed", "import"] = "get"

    method: str = "POST"
    """Of `create`."""

    clients: int = 32
    """Connections that each send the next request as soon as they have the answer."""


WORKS = {
    work.name: work
    for work in (
        Work("ping", "ping", "/health/live"),
        Work("read", "read one", f"{USERS}/", "pick"),
        Work("list", "list 20", f"{USERS}?limit=20"),
        Work("create", "create", USERS, "create"),
        Work("with-posts", "list 20 with posts", f"{USERS}/with-posts?limit=20"),
        Work("import", "import 10,000 posts", IMPORT, "import", clients=1),
    )
}

GOALS = {
    "queue": {"ping": 3.4, "read": 3.3, "list": 3.0, "create": 4.2},
    "asyncpg": {"ping": 3.4, "read": 2.3, "list": 1.8, "create": 2.9},
}
"""The most that each may cost as a multiple of the limit."""
