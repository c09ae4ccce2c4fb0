"""The arithmetic of connection pools, in extensions/pooling.jinja."""

from itertools import product
from math import ceil
from typing import Any

import pytest

from tests.rendering.renders import environment

MACROS: Any = environment().get_template("extensions/pooling.jinja").module
FREE = 10
GRID = list(product((1, 7, 100, 5000), (1, 3, 50), (1, 2, 45, 90), (100, 200, 5000)))


def pool_size(*answers: int, mode: str = "queue") -> int:
    return int(MACROS.pool_size(*answers, mode))


def test_hundred_requests_of_three_queries_each_want_fifty_connections() -> None:
    assert int(MACROS.uncapped_size(100, 3)) == 50
    assert pool_size(100, 3, 1, 1000) == 50


def test_five_instances_share_a_hundred_connections_so_that_ten_stay_free() -> None:
    assert pool_size(100, 3, 5, 100) == 18
    assert 5 * 18 + FREE == 100


@pytest.mark.parametrize(("concurrent", "queries"), [(1, 1), (1, 3), (101, 3), (7, 2), (5, 1000)])
def test_the_wanted_size_is_rounded_up(concurrent: int, queries: int) -> None:
    assert int(MACROS.uncapped_size(concurrent, queries)) == ceil(concurrent * 3 / (queries * 2))


@pytest.mark.parametrize("mode", ["queue", "pgbouncer", "asyncpg"])
def test_the_fleet_never_takes_more_than_the_server_has_to_give(mode: str) -> None:
    for concurrent, queries, instances, most in GRID:
        size = pool_size(concurrent, queries, instances, most, mode=mode)
        least = 2 if mode == "asyncpg" else 1
        assert size <= max(int(MACROS.uncapped_size(concurrent, queries)), least)
        if not str(MACROS.fleet_problem(instances, most, mode)).strip():
            assert size >= least
            assert instances * size + FREE <= most


def test_the_share_of_one_process_is_rounded_down() -> None:
    assert int(MACROS.share(4, 100)) == 22
    assert int(MACROS.share(200, 100)) == 0


def test_no_share_is_negative() -> None:
    assert int(MACROS.share(1, 3)) == 0


def test_behind_pgbouncer_a_small_pool_is_enough() -> None:
    assert pool_size(100, 3, 1, 1000, mode="pgbouncer") == 20
    assert pool_size(8, 3, 1, 1000, mode="pgbouncer") == 4


def test_no_pool_is_larger_than_the_settings_of_the_service_allow() -> None:
    assert pool_size(100_000, 1, 1, 100_000) == 1000


def test_pools_do_not_overflow() -> None:
    assert int(MACROS.max_overflow()) == 0


def split(size: int) -> tuple[int, int]:
    transaction = int(MACROS.transaction_share(size))
    return transaction, size - transaction


def test_mode_asyncpg_has_two_connections_even_when_one_would_do() -> None:
    assert pool_size(1, 3, 1, 100, mode="queue") == 1
    assert split(pool_size(1, 3, 1, 100, mode="asyncpg")) == (1, 1)


def test_mode_asyncpg_splits_its_size_without_loss() -> None:
    assert split(50) == (16, 34)
    for size in range(2, 200):
        assert min(split(size)) >= 1
        assert sum(split(size)) == size


@pytest.mark.parametrize(
    ("mode", "instances", "fits"),
    [("queue", 90, True), ("queue", 91, False), ("asyncpg", 45, True), ("asyncpg", 46, False)],
)
def test_a_fleet_fits_when_each_process_gets_the_pool_it_needs(
    mode: str, instances: int, fits: bool
) -> None:
    assert (str(MACROS.fleet_problem(instances, 100, mode)).strip() == "") is fits


def test_a_fleet_that_does_not_fit_is_told_the_numbers_and_the_ways_out() -> None:
    problem = str(MACROS.fleet_problem(60, 100, "asyncpg"))
    assert "60 instances need at least 120 connections (2 each)" in problem
    assert "max_connections=100 leaves 90 after 10 for administration" in problem
    assert "raise max_connections to 130, run at most 45 instances, or put PgBouncer" in problem


def test_what_the_message_proposes_is_accepted() -> None:
    assert not str(MACROS.fleet_problem(60, 130, "asyncpg")).strip()
    assert not str(MACROS.fleet_problem(45, 100, "asyncpg")).strip()


def test_a_server_with_too_few_connections_for_anybody_is_not_told_to_run_no_instances() -> None:
    problem = str(MACROS.fleet_problem(2, 5, "queue"))
    assert "raise max_connections to 12" in problem
    assert "at most 0" not in problem


@pytest.mark.parametrize(("value", "good"), [(0, False), (1, True), (9, True), (10, False)])
def test_both_ends_of_a_range_belong_to_it(value: int, good: bool) -> None:
    assert (not str(MACROS.between(value, 1, 9)).strip()) is good


def test_a_number_out_of_range_is_told_the_range() -> None:
    assert "answer a whole number from 1 to 9" in str(MACROS.between(10, 1, 9))
