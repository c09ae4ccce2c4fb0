"""The same for requests that lie at each limit of the document, and just beyond.

They are many, and making them takes seconds when they are collected: `conftest.py` leaves this file
to `just check-all`.
"""

from typing import Any

import pytest
import schemathesis

from .judging import judge, schema_in

pytestmark = pytest.mark.thorough

schema = schema_in("coverage")


@schema.parametrize()
def test_every_answer_at_a_limit_is_as_documented(
    case: schemathesis.Case[Any], headers: dict[str, str]
) -> None:
    judge(case, headers)
