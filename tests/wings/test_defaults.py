"""Defaults that owners change, where the code has them: the suite tests the service as it is."""

from pathlib import Path

import pytest

from tests.environments.installing import Environment
from tests.updates.living import replace
from tests.wings.adding import run_some

pytestmark = pytest.mark.slow

CLOSED = {
    "src/app/chassis/parts/auth/settings.py": ('"closed"] = "open"', '"closed"] = "closed"'),
    ".env.example": ("APP_AUTH_REGISTRATION=open", "APP_AUTH_REGISTRATION=closed"),
}


@pytest.mark.parametrize("project", [{"preset": "standard"}], ids=["jwt"], indirect=True)
def test_registration_may_be_closed(project: Path, environment: Environment) -> None:
    for file, (old, new) in CLOSED.items():
        replace(project / file, old, new)

    of_it = ("tests/auth", "tests/chassis/yours/test_access.py")
    said = run_some(project, environment, *of_it, "-m", "not thorough", "-n", "0")

    assert "passed" in said
