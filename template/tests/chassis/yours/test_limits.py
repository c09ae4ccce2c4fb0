"""The same for requests that lie at each limit of the document, and just beyond.

They are many, and making them takes seconds. Schemathesis' own way makes all of them while tests
are collected, in each process; here the test of an operation makes its own.
"""

import pytest
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)

from .judging import DOCUMENT, judge, schema_in

pytestmark = pytest.mark.thorough

schema = schema_in("coverage")
OPERATIONS = [
    pytest.param(path, method, id=f"{method.upper()} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_every_answer_at_a_limit_is_as_documented(
    path: str, method: str, headers: dict[str, str]
) -> None:
    operation = schema[path][method]
    config = HypothesisTestConfig(
        project=schema.config,
        modes=[HypothesisTestMode.COVERAGE],
        settings=schema.config.get_hypothesis_settings(operation=operation),
    )
    test = create_test(operation=operation, test_func=judge, config=config)
    test(headers=headers)
