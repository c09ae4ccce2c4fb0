"""Your application as a whole."""

import subprocess
import sys

from ..running import Running

IMPORT_AND_WATCH = """
import sys
opened = []
sys.addaudithook(
    lambda event, args: opened.append((event, args[0]))
    if event in {"socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen"}
    or (event == "open" and args[1] and set(args[1]) & set("wax+"))
    else None
)
import app.main
sys.exit(f"importing opened {opened}" if opened else 0)
"""


def test_importing_opens_nothing() -> None:
    """No connection, no database, and no file but to read code."""
    command = [sys.executable, "-B", "-c", IMPORT_AND_WATCH]

    assert subprocess.run(command, check=False, stderr=subprocess.PIPE).stderr == b""


def test_its_middleware_is_pure_asgi(service: Running) -> None:
    """`BaseHTTPMiddleware` copies the request's context, and costs more than the whole stack."""
    for middleware in service.app.user_middleware:
        bases = {base.__name__ for base in type.mro(middleware.cls)}  # type: ignore[arg-type]
        assert "BaseHTTPMiddleware" not in bases
