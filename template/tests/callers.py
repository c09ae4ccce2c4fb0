"""Who the tests that fire at every endpoint are."""


def headers() -> dict[str, str]:
    """What each of their requests carries, so that it gets past the door."""
    return {}
