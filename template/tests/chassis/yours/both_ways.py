"""Asks two services the same: one that compiles its routes, and one where FastAPI runs all of them.
Each has a database of its own, to which the same has happened."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx2
from sqlalchemy import MetaData

from app.config import Settings

from ...letting_in import sign_in_admin
from ..fixtures import emptied_afterwards
from ..running import Running
from .leaving import Leaving

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_ID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_TOKEN = r"[\w-]{20,}(?:\.[\w-]{20,})*"
_CHANCE = re.compile(f"({_MOMENT})|{_ID}|{_TOKEN}")
"""What two services call otherwise."""

_VARYING = {"date", "x-request-id", "server-timing", "ratelimit"}


class BothWays(httpx2.AsyncBaseTransport):
    """Answers as the first service does, and fails when the second one answers otherwise."""

    def __init__(self, compiled: Running, plain: Running) -> None:
        self.services = compiled, plain
        self._compiled, self._plain = (
            httpx2.ASGITransport(app=Leaving(each.app, each.state)) for each in self.services
        )
        self._names: dict[str, str] = {}
        """What the second calls what the first calls so: ids and tokens."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        content = await request.aread()
        answer = await _read(self._compiled, request)
        other = await _read(self._plain, self._translated(request, content))
        ours, theirs = _told(answer), _told(other)
        if not self._is_same(ours, theirs):
            asked = f"{request.method} {request.url}, {content[:500]!r}"
            raise AssertionError(f"{asked}\ncompiled: {ours[:2000]}\nFastAPI:  {theirs[:2000]}")
        return answer

    def _is_same(self, ours: str, theirs: str) -> bool:
        if ours == theirs:
            return True
        pairs = zip(_CHANCE.finditer(ours), _CHANCE.finditer(theirs), strict=False)
        same = all(
            one[1] or self._names.setdefault(one[0], other[0]) == other[0] for one, other in pairs
        )
        return same and _CHANCE.sub("~", ours) == _CHANCE.sub("~", theirs)

    def _translated(self, request: httpx2.Request, content: bytes) -> httpx2.Request:
        def translated(text: bytes) -> bytes:
            written = _CHANCE.sub(lambda m: self._names.get(m[0], m[0]), text.decode("latin-1"))
            return written.encode("latin-1")

        headers = [(name, translated(value)) for name, value in request.headers.raw]
        url = request.url.copy_with(raw_path=translated(request.url.raw_path))
        return httpx2.Request(request.method, url, headers=headers, content=translated(content))

    @asynccontextmanager
    async def signed_in(
        self, settings: Settings, tables: MetaData
    ) -> AsyncGenerator[dict[str, str]]:
        """Headers of an admin of both, and no rows in either afterwards."""
        compiled, plain = self.services
        async with (
            emptied_afterwards(compiled.database, tables) as one,
            emptied_afterwards(plain.database, tables) as other,
        ):
            headers = await sign_in_admin(one, settings)
            self._is_same(str(headers), str(await sign_in_admin(other, settings)))
            yield headers


async def _read(transport: httpx2.ASGITransport, request: httpx2.Request) -> httpx2.Response:
    answer = await transport.handle_async_request(request)
    await answer.aread()
    return answer


def _told(answer: httpx2.Response) -> str:
    """What must be the same. Of streams only how they begin: they end when their client leaves."""
    headers = {name: value for name, value in answer.headers.multi_items() if name not in _VARYING}
    if "content-length" not in headers:
        return f"{answer.status_code} {headers}"
    # Tokens differ in length, and ids in how well they are compressed.
    length = int(headers.pop("content-length"))
    if "content-encoding" not in headers:
        headers["length"] = str(length - len(answer.content))
    return f"{answer.status_code} {headers} {answer.content.decode('latin-1')}"
