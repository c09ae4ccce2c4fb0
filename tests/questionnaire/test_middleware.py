"""The order of the middleware, for every choice of it and of capabilities that bring some."""

from itertools import combinations

import yaml

from tests.rendering.renders import environment, questions

ORDER = [
    "proxy_headers",
    "cors",
    "request_id",
    "timing",
    "access_log",
    "security_headers",
    "no_store",
    "problems",
    "metrics",
    "deadline",
    "trusted_host",
    "gzip",
    "rate_limit",
]
"""Outermost first."""
ALWAYS = {"proxy_headers", "no_store", "problems", "deadline"}
BROUGHT = {"metrics"}
"""Capabilities that have a middleware of the same name."""


def test_every_choice_gives_the_one_right_order() -> None:
    choices = [*questions()["middleware"]["choices"], *BROUGHT]
    stack = environment().from_string(questions()["middleware_stack"]["default"])

    for count in range(len(choices) + 1):
        for chosen in combinations(reversed(choices), count):
            middleware = [name for name in chosen if name not in BROUGHT]
            parts = [{"name": name, "middleware": True} for name in chosen if name in BROUGHT]
            text = stack.render(middleware=middleware, parts=parts)
            rendered = yaml.safe_load(text)
            assert rendered == [name for name in ORDER if name in {*chosen, *ALWAYS}]


def test_every_choice_has_its_place() -> None:
    assert {*questions()["middleware"]["choices"], *BROUGHT, *ALWAYS} == set(ORDER)
