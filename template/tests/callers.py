"""Who the tests are that fire at every operation."""

from . import witness


def headers() -> dict[str, str]:
    """What each of their requests carries to get past the door."""
    return {"authorization": f"Bearer {witness.TOKEN}", "cookie": f"session={witness.TOKEN}"}
