"""Makes `.env` from `.env.example`, with a fresh secret wherever the example says
`generated-by-just-setup`."""

import secrets
from pathlib import Path

PLACEHOLDER = "generated-by-just-setup"


def make_env(directory: Path) -> bool:
    """Write `.env`, for its owner only, unless there is one; tell whether it was written."""
    env = directory / ".env"
    if env.exists():
        return False
    head, *rest = (directory / ".env.example").read_text().split(PLACEHOLDER)
    env.touch(mode=0o600)
    env.write_text(head + "".join(secrets.token_urlsafe(32) + part for part in rest))
    return True


if __name__ == "__main__" and make_env(Path.cwd()):
    print("Made .env from .env.example.")
