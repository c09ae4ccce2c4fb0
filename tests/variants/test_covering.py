"""The variants hold every pair and every triple of answers that the questionnaire allows."""

from itertools import combinations, product

import pytest

from tests.questionnaire.answering import accepts, ask, choices
from tests.rendering.renders import Renderer, questions
from tests.variants.covering import Constraint, Row, Space, cover
from tests.variants.factors import answers_of, row_of, space
from tests.variants.numbered import (
    EXTREMES,
    PAIRWISE,
    PRESETS,
    PROCESSES,
    VARIANTS,
    chosen,
    matrix,
    with_processes,
)

FACTORS = space().factors
# As they are given: Copier itself puts several choices into the order of the list.
ROWS = [row_of({**ask(answers).answers, **answers}) for answers in VARIANTS.values()]


def held(rows: list[Row], strength: int) -> set[tuple[tuple[str, str], ...]]:
    """Independent of how the rows were made."""
    return {combination for row in rows for combination in combinations(row.items(), strength)}


def possible(strength: int) -> set[tuple[tuple[str, str], ...]]:
    return {
        tuple(zip(names, values, strict=True))
        for names in combinations(ROWS[0], strength)
        for values in product(*(FACTORS[name] for name in names))
    }


def can_be(combination: tuple[tuple[str, str], ...]) -> bool:
    return space().can_be_completed(dict(combination))


@pytest.mark.parametrize(("strength", "count"), [(2, len(PAIRWISE)), (3, len(VARIANTS))])
def test_every_valid_combination_is_in_a_row_and_no_other(strength: int, count: int) -> None:
    valid = {combination for combination in possible(strength) if can_be(combination)}
    assert held(ROWS[:count], strength) == valid


IMPOSSIBLE = [pair for pair in sorted(possible(2)) if not can_be(pair)]
SEVERAL = {name for name, question in questions().items() if question.get("multiselect")}


@pytest.mark.parametrize("pair", IMPOSSIBLE, ids=str)
def test_copier_refuses_every_other_pair(pair: tuple[tuple[str, str], ...]) -> None:
    """Whatever is answered to the rest of the questions that the two belong to."""
    names = {name.partition(".")[0] for name, _ in pair}
    factors = [name for name in FACTORS if name.partition(".")[0] in names]
    for values in product(*(FACTORS[name] for name in factors)):
        row = dict(zip(factors, values, strict=True))
        if set(pair) <= set(row.items()):
            assert row_of(answers_of(row)) != row or not accepts(answers_of(row))


@pytest.mark.parametrize("number", VARIANTS)
def test_copier_takes_every_row_as_it_is(renderer: Renderer, number: str) -> None:
    """By the same entry as users have it, with nothing refused, skipped or put right."""
    made = renderer.render(**VARIANTS[number]).context
    for name, answer in VARIANTS[number].items():
        assert made[name] == answer or (name in SEVERAL and {*made[name]} == {*answer})


def test_every_choice_of_every_question_is_a_factor() -> None:
    for name, question in questions().items():
        if question.get("when") is False or question.get("ask") is False:
            continue
        for choice in choices(name):
            several = question.get("multiselect")
            assert f"{name}.{choice}" in FACTORS if several else str(choice) in FACTORS[name]


def test_the_presets_come_first_and_with_nothing_else() -> None:
    assert [VARIANTS[str(n)] for n in (1, 2, 3)] == [{"preset": preset} for preset in PRESETS]


def test_rows_with_processes_hold_every_pair_of_what_processes_are_made_of() -> None:
    pairs = {number: _pairs_of_processes(number) for number in PAIRWISE}
    assert {*with_processes()} < {*PAIRWISE}
    assert set().union(*(pairs[n] for n in with_processes())) == set().union(*pairs.values())
    assert {("server", "granian"), ("auth", "none")} in pairs["4"]


def _pairs_of_processes(number: str) -> set[frozenset[tuple[str, str]]]:
    row = row_of(ask(VARIANTS[number]).answers)
    return {frozenset(pair) for pair in combinations([(name, row[name]) for name in PROCESSES], 2)}


def test_every_extreme_is_in_a_row() -> None:
    for extreme in EXTREMES:
        assert any(extreme.items() <= VARIANTS[number].items() for number in PAIRWISE)


def test_a_row_has_everything_the_wrong_way_round_and_another_nothing() -> None:
    given = [VARIANTS[number].get("middleware") for number in PAIRWISE]
    assert choices("middleware")[::-1] in given
    assert [] in given


def test_shards_share_the_rows_out() -> None:
    dealt = [rows.split() for rows in (job["rows"] for job in matrix(PAIRWISE, 4)["include"])]
    assert len(dealt) == 4
    assert sorted(number for hand in dealt for number in hand) == sorted(PAIRWISE)


def test_rows_are_chosen_by_number_and_unknown_ones_refused() -> None:
    assert chosen("3 17") == ("3", "17")
    assert (chosen("pairs"), chosen("all")) == (PAIRWISE, tuple(VARIANTS))
    with pytest.raises(LookupError, match=f"no variant 0, x: there are 1 to {len(VARIANTS)}"):
        chosen("0 3 x")


LETTERS = {"a": ["1", "2"], "b": ["1", "2", "3"], "c": ["1", "2"], "d": ["1", "2"]}


def chain(row: Row) -> bool:
    """Each of two neighbours excludes a value of the other."""
    return all(row[x] != "1" or row[y] != "1" for x, y in combinations(sorted(row), 2))


CHAINED = [Constraint(frozenset("ab"), chain), Constraint(frozenset("bc"), chain)]


@pytest.mark.parametrize("strength", [1, 2, 3, 4])
@pytest.mark.parametrize("constraints", [[], CHAINED], ids=["free", "chained"])
def test_a_cover_is_complete_and_valid(strength: int, constraints: list[Constraint]) -> None:
    every = [dict(zip(LETTERS, values, strict=True)) for values in product(*LETTERS.values())]
    valid = [
        row
        for row in every
        if all(c.allows({name: row[name] for name in c.scope}) for c in constraints)
    ]
    rows = cover(Space(LETTERS, constraints), strength)
    assert [row for row in rows if row not in valid] == []
    assert held(rows, strength) == held(valid, strength)


def test_a_combination_that_only_other_factors_make_impossible_is_not_asked_for() -> None:
    """b=1 leaves a=2, and with it nothing for c: neither constraint alone excludes it."""
    factors = {"a": ["1", "2"], "b": ["1", "2"], "c": ["1", "2"]}
    never = Constraint(frozenset("ac"), lambda row: row["a"] == "1")
    space = Space(factors, [Constraint(frozenset("ab"), chain), never])
    assert not space.can_be_completed({"b": "1", "c": "2"})
    assert space.can_be_completed({"b": "2", "c": "2"})


def test_the_same_arguments_give_the_same_rows() -> None:
    first, second = (cover(Space(LETTERS, CHAINED), 2, attempts=5) for _ in range(2))
    assert first == second


def test_a_seed_comes_first_and_is_completed() -> None:
    rows = cover(Space(LETTERS, CHAINED), 2, [{"b": "3", "d": "2"}])
    assert {"b": "3", "d": "2"}.items() <= rows[0].items()
    assert rows[0].keys() == LETTERS.keys()


def test_a_seed_that_can_not_be_completed_is_refused() -> None:
    with pytest.raises(ValueError, match="no valid row holds"):
        cover(Space(LETTERS, CHAINED), 2, [{"a": "1", "b": "1"}])
