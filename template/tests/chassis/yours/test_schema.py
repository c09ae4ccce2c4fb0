"""Every answer to what Schemathesis makes from the OpenAPI document is one that it documents."""

from contextlib import suppress
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase
from hypothesis import settings as limits
from hypothesis.stateful import run_state_machine_as_test
from schemathesis.core.errors import NoLinksFound

from .judging import assume_fit, judge, rules, schema_in

SEQUENCES = 5
"""How many sequences of requests are tried, each using what the one before it answered."""

schema = schema_in("examples", "fuzzing", "stateful")


@schema.parametrize()
def test_every_answer_is_as_documented(
    case: schemathesis.Case[Any], headers: dict[str, str]
) -> None:
    judge(case, headers)


def test_so_are_the_answers_in_a_sequence_of_requests(headers: dict[str, str]) -> None:
    machine: Any = schema.as_state_machine()

    class Sequences(machine):  # type: ignore[misc]  # made at runtime
        def get_call_kwargs(self, case: schemathesis.Case[Any]) -> dict[str, Any]:
            assume_fit(case)
            return {"headers": headers}

        def validate_response(
            self,
            response: schemathesis.Response,
            case: schemathesis.Case[Any],
            additional_checks: Any = None,
            **sent: Any,
        ) -> None:
            # Told of the headers, or they are taken for generated ones, which must be refused.
            case.validate_response(
                response,
                additional_checks=additional_checks,
                excluded_checks=rules(response, case, headers),
                headers=headers,
                transport_kwargs=sent,
                recorder=self.recorder,
            )

    few = limits(
        max_examples=SEQUENCES,
        stateful_step_count=6,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],  # a failure has few requests, and a shorter one takes minutes
        suppress_health_check=list(HealthCheck),
    )
    with suppress(NoLinksFound):  # where no operation takes what another one answers
        run_state_machine_as_test(Sequences, settings=few)
