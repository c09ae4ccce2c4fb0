"""All servers that are compared give the same answers."""

import json
from collections.abc import Iterable, Sequence

from benchmarks.data import Size, user_id
from benchmarks.errors import MeasurementError
from benchmarks.servers import Server
from benchmarks.work import USERS, WORKS

NEW = {"email": "Before.All@example.org", "name": "Ada"}


def check_answers(servers: Sequence[Server], size: Size) -> None:
    """Raises `MeasurementError` when one differs from the first, which is the limit."""
    one = f"{WORKS['read'].path}{user_id(size.users // 2)}"
    for work in WORKS.values():
        # Peers lack some, and answer a ping in words of their own.
        able = [server for server in servers if server.works.get(work.name) is work]
        if work.how == "create":
            _check_same(work.path, ((server.name, _create(server)) for server in able))
        elif work.how in {"get", "pick"}:
            path = one if work.how == "pick" else work.path
            _check_same(path, ((server.name, _get(server, path)) for server in able))


def _check_same(path: str, answers: Iterable[tuple[str, object]]) -> None:
    (_, expected), *others = answers
    for name, answer in others:
        if answer != expected:
            raise MeasurementError(
                f"{name} answers {path} differently:\n{answer}\nThe limit:\n{expected}"
            )


def _get(server: Server, path: str) -> object:
    status, body = server.call("GET", path)
    return status, json.loads(body)


def _create(server: Server) -> object:
    """What is the same each time."""
    status, body = server.call("POST", USERS, json.dumps(NEW))
    user = json.loads(body)
    return status, sorted(user), user.get("email"), user.get("name")
