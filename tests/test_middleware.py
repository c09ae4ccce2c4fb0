"""The order of the middleware, for every choice of it."""

from itertools import combinations

import yaml

from tests.rendering import environment, questions

ORDER = [
    "proxy_headers",
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "no_store",
    "problems",
    "deadline",
    "trusted_host",
    "gzip",
    "rate_limit",
]
"""Outermost first."""
ALWAYS = {"proxy_headers", "no_store", "problems", "deadline"}


def test_every_choice_gives_the_one_right_order() -> None:
    choices = questions()["middleware"]["choices"]
    stack = environment().from_string(questions()["middleware_stack"]["default"])

    for count in range(len(choices) + 1):
        for chosen in combinations(reversed(choices), count):
            rendered = yaml.safe_load(stack.render(middleware=list(chosen)))
            assert rendered == [name for name in ORDER if name in {*chosen, *ALWAYS}]


def test_every_choice_has_its_place() -> None:
    assert {*questions()["middleware"]["choices"], *ALWAYS} == set(ORDER)
