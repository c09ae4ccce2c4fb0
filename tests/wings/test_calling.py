"""Calling another service as the page of a project says, word for word."""

from pathlib import Path

import pytest

from tests.wings.conftest import Checked
from tests.wings.pages import write_files

pytestmark = pytest.mark.slow

PAGE = "docs/how-to/call-another-service.md"


@pytest.mark.parametrize("project", [{"preset": "standard"}], ids=["standard"], indirect=True)
def test_a_partner_is_a_class_and_its_test(project: Path, check: Checked) -> None:
    assert write_files(project, PAGE) == []

    assert "passed" in check(project, "tests/services", "tests/api")
