"""Every pair of answers, proven by running it: the checks that a variant comes with, on a real
database, and its served process. `--rows` names others, or `all` for every triple.

Unless rows are named, tests of processes run in some of them: see `with_processes`.
"""

from collections.abc import Callable

import pytest

from tests.environments.installing import install_union, interpreter
from tests.rendering.renders import Renderer
from tests.rows.suites import prove
from tests.variants.numbered import VARIANTS, chosen, with_processes

pytestmark = pytest.mark.slow


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    try:
        numbers = chosen(metafunc.config.getoption("rows"))
    except LookupError as error:
        raise pytest.UsageError(str(error)) from None
    metafunc.parametrize("number", numbers)


def test_variant(
    renderer: Renderer,
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
    number: str,
) -> None:
    everything = request.config.getoption("rows") != "pairs" or number in with_processes()
    render = renderer.render(**VARIANTS[number])
    environment = install_union(interpreter(render.context["python_version"]))
    report = prove(number, render, environment, "check-all" if everything else "check")
    record_property("seconds", report.seconds())
    if report.failed:
        pytest.fail(str(report), pytrace=False)
