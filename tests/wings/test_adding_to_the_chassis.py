"""A part of the chassis is a folder and an entry in `copier.yml`, over which all else loops."""

from pathlib import Path

import pytest

from tests.rendering.renders import Renderer
from tests.wings.conftest import Checked

CHOICE = """    "metrics: tell"""
OF_BELL = """    "bell: ring when a request fails": bell
"""
TABLE = """    - name: auth
"""
ENTRY = """    - name: bell
      chosen: {{ 'bell' in capabilities }}
      settings: BellSettings
      opens: true
      middleware: true
      observer: true
      packages: ["prometheus-client>=0.26.0,<0.27"]
      for_tests: ["time-machine>=2"]
      layout: what rings
      environment:
        - name: TOKEN
          value: generated-by-just-setup
          meaning: What the bell wants to know first.
        - {name: VOLUME, default: 3, meaning: How loud it is.}
      review:
        - {name: VOLUME, why: loud enough for all to hear}
"""
PLACE = "'deadline', 'trusted_host'"

FILES = {
    "__init__.py": '''"""Rings when a request fails."""

from collections.abc import Callable


class Bell:
    def __init__(self, volume: int) -> None:
        self.observer: Callable[[float], object] = lambda _: None
        self._volume = volume

    def ring(self) -> None:
        self.observer(self._volume)
''',
    "settings.py": '''"""The settings of the bell."""

from collections.abc import Iterator

from pydantic import Field, SecretStr

from ...settings import Group


class BellSettings(Group):
    token: SecretStr = SecretStr("")
    """What the bell wants to know first."""

    volume: int = Field(default=3, ge=1, le=11)
    """How loud it is."""

    def unsafe(self) -> Iterator[str]:
        if not self.token.get_secret_value():
            yield "BELL_TOKEN is not set"
''',
    "lifespan.py": '''"""Hangs the bell."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from ...config import ChassisSettings
from ...resources import Resources
from . import Bell


@asynccontextmanager
async def opened(resources: Resources[ChassisSettings]) -> AsyncGenerator[Mapping[str, Bell]]:
    """Requests reach it as `bell`."""
    yield {"bell": Bell(resources.settings.bell.volume)}
''',
    "middleware.py": '''"""Rings when a request fails."""

from typing import Any

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Ringing:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_and_ring(message: Message) -> None:
            if message.get("status", 200) >= 400:
                scope["state"]["bell"].ring()
            await send(message)

        await self.app(scope, receive, send_and_ring)


def build(_: Any) -> Middleware:
    return Middleware(Ringing)
''',
    "{{ 'observer.py' if 'metrics' in capabilities }}": '''"""Tells Prometheus of the bell."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache

from prometheus_client import Counter

from ...config import ChassisSettings
from ...resources import Resources


@cache
def rung() -> Counter:
    return Counter("bell_rung", "How loud it was, all in all.")


@asynccontextmanager
async def observed(resources: Resources[ChassisSettings]) -> AsyncGenerator[None]:
    resources.parts["bell"].observer = rung().inc
    yield
''',
}
TEST = '''"""The bell."""

import httpx2
from prometheus_client import REGISTRY


async def test_it_is_heard(client: httpx2.AsyncClient) -> None:
    before = REGISTRY.get_sample_value("bell_rung_total") or 0

    assert (await client.get("/nowhere")).status_code == 404

    assert REGISTRY.get_sample_value("bell_rung_total") == before + 3
'''


@pytest.fixture
def planted(tmp_path: Path) -> Renderer:
    """Renders a template that has the bell."""
    renderer = Renderer(tmp_path / "planted")
    questions = renderer.template / "copier.yml"
    text = questions.read_text()
    for found, new in (
        (CHOICE, OF_BELL + CHOICE),
        (TABLE, ENTRY + TABLE),
        (PLACE, f"'bell', {PLACE}"),
    ):
        assert text.count(found) == 1
        text = text.replace(found, new)
    questions.write_text(text)
    parts = renderer.template / "template/src/app/chassis/parts"
    folder = parts / "{{ 'bell' if 'bell' in capabilities }}"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_text(content)
    return renderer


def test_without_the_part_nothing_of_it_is_left(planted: Renderer, renderer: Renderer) -> None:
    assert planted.render().files() == renderer.render().files()


def test_everything_loops_over_the_table(planted: Renderer) -> None:
    render = planted.render(capabilities=["metrics", "bell"])

    assert "APP_BELL_TOKEN=generated-by-just-setup" in render.read(".env.example")
    assert "# APP_BELL_VOLUME=3" in render.read(".env.example")
    assert '"time-machine>=2"' in render.read("pyproject.toml")
    assert "bell: BellSettings = BellSettings()" in render.read("src/app/chassis/config.py")
    assert "`APP_BELL_VOLUME` | loud enough for all to hear" in render.read("README.md")
    assert "what rings" in render.read("README.md")
    alone = planted.render(capabilities=["bell"])
    assert "observer" not in alone.read("src/app/chassis/parts/chosen.py")


@pytest.mark.slow
def test_a_part_passes_the_checks_of_the_project(
    planted: Renderer, tmp_path: Path, check: Checked
) -> None:
    project = planted.copy(tmp_path / "project", capabilities=["metrics", "bell"])
    (project.folder / "tests/test_bell.py").write_text(TEST)

    assert "passed" in check(project.folder)
