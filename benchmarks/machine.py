"""Where and with what a run was made, without any name of the machine or path in it."""

import asyncio
import json
import os
import re
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.stage import Stage, url_of
from tests.servers.pgbouncer import program

PACKAGES = ["uvicorn", "uvloop", "httptools", "fastapi", "starlette", "pydantic", "sqlalchemy"]
PACKAGES += ["asyncpg", "aiosqlite"]
ASK = """
import json, platform, sys
from importlib.metadata import version
found = {name: version(name) for name in sys.argv[1:]}
print(json.dumps({"python": platform.python_version(), **found}))
"""


def describe(stage: Stage) -> dict[str, Any]:
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "memory_gb": _memory()},
        "versions": versions(stage),
    }


def versions(stage: Stage) -> dict[str, str]:
    command = [stage.environment.program("python"), "-c", ASK, *PACKAGES]
    found: dict[str, str] = json.loads(subprocess.check_output(command, text=True))
    found["orjson"] = version("orjson")
    found["postgresql"] = asyncio.run(_version_of_postgres(url_of(stage.postgres)))
    found["pgbouncer"] = _first_version(program(), "--version")
    found["wrk"] = _first_version("wrk", "--version")
    return found


async def _version_of_postgres(url: str) -> str:
    connection = await asyncpg.connect(url)
    try:
        return str(await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()


def _first_version(*command: str) -> str:
    """wrk tells its version with an exit code of failure."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def _cpu() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else "unknown"


def _memory() -> int:
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9)
