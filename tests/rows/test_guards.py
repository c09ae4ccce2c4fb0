"""The checks of a generated project bite: each mistake is found by the tool that is for it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.rendering.renders import Renderer

RUFF = ("ruff", "check", "--output-format=json")
IMPORTS = ("lint-imports",)
SERVICE = "src/app/services/planted.py"
REPOSITORY = "src/app/db/repositories/planted.py"
ROUTE = "src/app/api/routes/planted.py"
DOC = '"""A mistake."""\n\n'

MISTAKES = {
    "gather": (SERVICE, "import asyncio\n\nrun = asyncio.gather\n", RUFF, "TID251"),
    "create_task": (SERVICE, "import asyncio\n\nrun = asyncio.create_task\n", RUFF, "TID251"),
    "wait_for": (SERVICE, "import asyncio\n\nrun = asyncio.wait_for\n", RUFF, "TID251"),
    "dangling task": (
        SERVICE,
        "import asyncio\n\n\nasync def start() -> None:\n"
        "    loop = asyncio.get_running_loop()\n    loop.create_task(asyncio.sleep(1))\n",
        RUFF,
        "RUF006",
    ),
    "yield inside a timeout": (
        SERVICE,
        "import asyncio\nfrom collections.abc import AsyncGenerator\n\n\n"
        "async def numbers() -> AsyncGenerator[int]:\n"
        "    async with asyncio.timeout(1):\n        yield 1\n",
        RUFF,
        "ASYNC119",
    ),
    "blocking sleep": (
        SERVICE,
        "import time\n\n\nasync def wait() -> None:\n    time.sleep(1)\n",
        RUFF,
        "ASYNC251",
    ),
    "swallowed errors": (
        SERVICE,
        "def run() -> None:\n    try:\n        print()\n    except BaseException:\n        pass\n",
        RUFF,
        "BLE001",
    ),
    "slow middleware": (
        "src/app/chassis/middleware/planted.py",
        "from starlette.middleware.base import BaseHTTPMiddleware\n\nBase = BaseHTTPMiddleware\n",
        RUFF,
        "TID251",
    ),
    "bare HTTP error": (
        ROUTE,
        "from fastapi import HTTPException\n\nerror = HTTPException(404)\n",
        RUFF,
        "TID251",
    ),
    "SQL in a service": (
        SERVICE,
        "from sqlalchemy import select\n\nask = select\n",
        IMPORTS,
        "SQL",
    ),
    "SQL in a route": (ROUTE, "from sqlalchemy import select\n\nask = select\n", IMPORTS, "SQL"),
    "a session in a route": (
        ROUTE,
        "from ...db.repositories.users import UserRepository\n\nr = UserRepository\n",
        IMPORTS,
        "through services",
    ),
    "HTTP in a service": (SERVICE, "from fastapi import Request\n\nr = Request\n", IMPORTS, "HTTP"),
    "HTTP in a repository": (
        REPOSITORY,
        "from starlette.requests import Request\n\nr = Request\n",
        IMPORTS,
        "HTTP",
    ),
    "a repository that decides": (
        REPOSITORY,
        "from ...services.users import UserService\n\ns = UserService\n",
        IMPORTS,
        "layer",
    ),
    "a part of yours in the chassis": (
        "src/app/chassis/planted.py",
        "from ..config import Settings\n\ns = Settings\n",
        IMPORTS,
        "The chassis knows nothing of the rest",
    ),
    "a folder of yours in a part, within a function": (
        "src/app/chassis/parts/auth/planted.py",
        "def ask() -> object:\n    from ....db.models import user\n\n    return user\n",
        IMPORTS,
        "The chassis knows nothing of the rest",
    ),
    "a part that knows another": (
        "src/app/chassis/parts/auth/planted.py",
        "from ..metrics.instruments import instruments\n\ni = instruments\n",
        IMPORTS,
        "Parts know neither each other",
    ),
    "a schema that asks": (
        "src/app/schemas/planted.py",
        "from ..db.models.user import User\n\nu = User\n",
        IMPORTS,
        "know nobody",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_a_planted_mistake_is_found(
    renderer: Renderer, environment: Environment, tmp_path: Path, name: str
) -> None:
    path, code, (program, *arguments), message = MISTAKES[name]
    project = renderer.copy(tmp_path / "project").folder
    (project / path).write_text(DOC + code)

    found = subprocess.run(
        [environment.program(program), *arguments],
        cwd=project,
        env=environment.variables(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode != 0
    assert message in found.stdout
    assert "planted" in found.stdout
    shutil.rmtree(project)
