"""Runs in a render: counts the Python calls, built-in ones included, that one request makes.

Prints one JSON object, from work to calls per request. Requests go to the application itself, one
after the other, so that nothing but the code decides.
"""

import asyncio
import cProfile
import json
import logging
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from alembic import command
from alembic.config import Config
from app.config import Settings
from app.main import create_app
from starlette.types import Message, Scope

from tests.chassis.database import temporary_database
from tests.chassis.running import Running, running
from tests.letting_in import let_in

REQUESTS = 200
HEADERS = [(b"host", b"localhost"), (b"content-type", b"application/json")]
_number = count()


async def answer(service: Running, method: str, path: str, body: bytes) -> dict[str, Any]:
    sent: list[Message] = []
    length = (b"content-length", str(len(body)).encode())
    scope: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*HEADERS, length] if body else HEADERS,
        "state": dict(service.state),
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    await service.app(scope, receive, send)
    assert sent[0]["status"] in {200, 201}, sent
    return dict(json.loads(sent[1]["body"]))


def registration() -> bytes:
    return json.dumps({"email": f"user-{next(_number)}@example.org", "name": "Ada"}).encode()


async def calls(service: Running, method: str, path: str, body: Callable[[], bytes]) -> float:
    async def repeat() -> None:
        for _ in range(REQUESTS):
            await answer(service, method, path, body())

    await repeat()  # what is made once is made now
    profile = cProfile.Profile()
    profile.enable()
    await repeat()
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats()) / REQUESTS


async def main(settings: Settings) -> None:
    app = create_app(settings)
    logging.getLogger("app.access").setLevel(logging.DEBUG)  # pings are logged like the others
    let_in(app)
    async with running(app) as service:
        users = "/api/v1/users"
        first = await answer(service, "POST", users, registration())
        counted = {
            "ping": await calls(service, "GET", "/health/live", bytes),
            "read": await calls(service, "GET", f"{users}/{first['id']}", bytes),
            "list": await calls(service, "GET", users, bytes),
            "create": await calls(service, "POST", users, registration),
        }
    print(f"RESULT {json.dumps(counted)}")


with temporary_database() as database:
    config = Config(toml_file="pyproject.toml")
    config.attributes["database"] = database
    command.upgrade(config, "head")
    asyncio.run(main(Settings(environment="test", database=database)))
    sys.exit()
