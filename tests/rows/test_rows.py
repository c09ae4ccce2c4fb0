"""Every pair of answers, proven by running it: the checks that a variant comes with, on a real
database, and its served process. `--rows` names others, or `all` for every triple."""

from collections.abc import Callable

import pytest

from tests.environments.installing import install_union, interpreter
from tests.rendering.renders import Renderer
from tests.rows.suites import prove
from tests.variants.numbered import VARIANTS, chosen

pytestmark = pytest.mark.slow


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    try:
        numbers = chosen(metafunc.config.getoption("rows"))
    except LookupError as error:
        raise pytest.UsageError(str(error)) from None
    metafunc.parametrize("number", numbers)


def test_variant(
    renderer: Renderer, record_property: Callable[[str, object], None], number: str
) -> None:
    render = renderer.render(**VARIANTS[number])
    environment = install_union(interpreter(render.context["python_version"]))
    report = prove(number, render, environment)
    record_property("seconds", report.seconds())
    if report.failed:
        pytest.fail(str(report), pytrace=False)
