"""Resources, parts and middleware of one's own, as the pages of a project say, word for word."""

from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.servers.commands import run
from tests.wings.adding import migrate, of_owners
from tests.wings.conftest import Checked
from tests.wings.pages import blocks, write_files

pytestmark = pytest.mark.slow

SIGNED_IN = {"preset": "standard"}
OPEN = {"preset": "minimal"}


@pytest.mark.parametrize("project", [SIGNED_IN, OPEN], ids=["jwt", "none"], indirect=True)
def test_a_resource_is_files_only(project: Path, environment: Environment, check: Checked) -> None:
    assert write_files(project, "docs/how-to/add-a-resource.md") == []
    migrate(project, environment, "invoices")

    everything = (project / "tests/auth").exists()
    assert "passed" in (check(project) if everything else check(project, *of_owners(project)))


@pytest.mark.parametrize("project", [SIGNED_IN], ids=["jwt"], indirect=True)
def test_a_resource_without_rules_is_not_served(project: Path, environment: Environment) -> None:
    write_files(project, "docs/how-to/add-a-resource.md")
    (project / "src/app/api/rules/invoices.py").unlink()

    code = "from app.main import create_app; create_app()"
    command = [environment.program("python"), "-c", code]
    status, output = run(command, project, environment.variables() | {"APP_ENVIRONMENT": "test"})

    assert status == 3
    assert 'Add to app.api.rules: "GET /api/v1/invoices": users' in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize("project", [SIGNED_IN, OPEN], ids=["jwt", "none"], indirect=True)
def test_a_part_is_a_folder_and_a_line(project: Path, check: Checked) -> None:
    """Two lines: one in `main.py`, one in `config.py`."""
    page = "docs/how-to/add-a-part.md"
    existed = write_files(project, page)
    (lines,) = blocks((project / page).read_text(), "")
    example = project / ".env.example"
    example.write_text(f"{example.read_text()}\n{lines}")
    declare(project, "httpx2>=2.16.2,<3")

    assert {path.name for path in existed} == {"main.py", "config.py"}
    assert "passed" in check(project, *of_owners(project))


@pytest.mark.parametrize("project", [OPEN], ids=["none"], indirect=True)
def test_a_task_of_ones_own_is_a_file_of_ones_own(project: Path, environment: Environment) -> None:
    (project / "own.just").write_text("# Say hello\nhello:\n    @echo Hello.\n")
    just = environment.program("just")

    assert run([just, "hello"], project, environment.variables()) == (0, "Hello.\n")
    assert "hello" in run([just, "--list"], project, environment.variables())[1]


def declare(project: Path, package: str) -> None:
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text()
    pyproject.write_text(
        text.replace("dependencies = [\n", f'dependencies = [\n    "{package}",\n', 1)
    )


OWN_LAYER = '''"""Tells who served a request."""

from typing import Any

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Served:
    def __init__(self, app: ASGIApp, by: str) -> None:
        self.app = app
        self._header = (b"x-served-by", by.encode())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_header(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], self._header]
            await send(message)

        await self.app(scope, receive, send_with_header)


def build(_: Any) -> Middleware:
    return Middleware(Served, by="us")
'''
TEST = '''"""Who served a request."""

import httpx2


async def test_it_says_who_served(client: httpx2.AsyncClient) -> None:
    assert (await client.get("/health/live")).headers["x-served-by"] == "us"
'''


@pytest.mark.parametrize("project", [SIGNED_IN], ids=["jwt"], indirect=True)
def test_a_middleware_is_a_file_and_a_line(project: Path, check: Checked) -> None:
    (project / "src/app/served.py").write_text(OWN_LAYER)
    (project / "tests/test_served.py").write_text(TEST)
    main = project / "src/app/main.py"
    text = main.read_text().replace("middleware=[*STACK]", "middleware=[served, *STACK]")
    main.write_text(text.replace("from .api import", "from . import served\nfrom .api import", 1))

    assert "passed" in check(project)
