"""What a service that makes no calls pays for the client: nothing but its own modules."""

import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

from app.chassis import parts
from app.chassis.config import ChassisSettings
from app.chassis.parts.http_client.calls import Call
from app.chassis.parts.http_client.client import HttpClient

from ..fixtures import PROJECT
from ..running import running
from ..serving import environment
from ..things.application import create_app
from .peer import calling, peer, statuses

STARTED = """
import asyncio, sys
from tests.chassis.running import running
from tests.chassis.things.application import create_app

async def start():
    async with running(create_app()) as service:
        await service.client.get("/health/live")
        print("Loaded:", *({"aiohttp", "yarl", "multidict", "propcache"} & sys.modules.keys()))

asyncio.run(start())
"""
FOLLOWS = """
import aiohttp

def trace_configs(resources):
    async def tell(_, __, request):
        request.headers["traceparent"] = resources.settings.environment

    config = aiohttp.TraceConfig()
    config.on_request_start.append(tell)
    return [config]
"""


@pytest.mark.thorough
def test_the_library_is_not_loaded_before_the_first_call(own: ChassisSettings) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=PROJECT,
        env={**environment(own, 0), "PYTHONPATH": f"{PROJECT / 'src'}:{PROJECT}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Loaded:"


async def test_other_parts_may_follow_each_request(
    settings: ChassisSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as one that tells it which trace it belongs to."""
    (tmp_path / "follower").mkdir()
    (tmp_path / "follower/__init__.py").touch()
    (tmp_path / "follower/outbound.py").write_text(FOLLOWS)
    monkeypatch.setattr(parts, "__path__", [*parts.__path__, str(tmp_path)])
    async with peer(statuses(200)) as there, running(create_app(settings)) as service:
        client: HttpClient = service.state["http_client"]
        await client.fetch("GET", there.url)
        await client.fetch("GET", there.url, headers={"X-Own": "1"})

    assert [asked.headers["traceparent"] for asked in there.asked] == ["test", "test"]


async def test_many_first_calls_open_one_session(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    real = aiohttp.TCPConnector.__init__

    def counted(*arguments: object, **options: object) -> None:
        opened.append(1)
        real(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(aiohttp.TCPConnector, "__init__", counted)
    async with peer(statuses(200)) as there, calling() as http:
        await http.fetch_many([Call("GET", there.url) for _ in range(10)])

    assert len(opened) == 2  # one for all, one for the public
