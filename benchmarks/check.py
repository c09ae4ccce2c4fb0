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
    # Peers have answers of their own.
    servers = [server for server in servers if server.works is WORKS]
    paths = [work.path for work in WORKS.values() if work.how == "get"]
    paths.append(f"{WORKS['read'].path}{user_id(size.users // 2)}")
    for path in paths:
        _check_same(path, ((server.name, _get(server, path)) for server in servers))
    _check_same(USERS, ((server.name, _create(server)) for server in servers))


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
