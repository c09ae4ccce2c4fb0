"""Makes `.env` from `.env.example`, with a fresh secret wherever the example says
`generated-by-just-setup`, and a port of its own for a database on this machine."""

import re
import secrets
import socket
from pathlib import Path

PLACEHOLDER = "generated-by-just-setup"
_PORT = re.compile(r"(?<=@127\.0\.0\.1:)5433(?=/)")


def make_env(directory: Path) -> bool:
    """Write `.env`, for its owner only, unless there is one; tell whether it was written."""
    env = directory / ".env"
    if env.exists():
        return False
    head, *rest = (directory / ".env.example").read_text().split(PLACEHOLDER)
    text = head + "".join(secrets.token_urlsafe(32) + part for part in rest)
    env.touch(mode=0o600)
    env.write_text(_PORT.sub(str(free_port()), text))
    return True


def free_port() -> int:
    """Until a server takes it nobody else does: it is none of those that systems lend to whoever
    connects, and hardly the one of another project, whose server may not run right now."""
    while True:
        port = 20_000 + secrets.randbelow(10_000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


if __name__ == "__main__" and make_env(Path.cwd()):
    print("Made .env from .env.example.")
