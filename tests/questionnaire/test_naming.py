"""How names are made from each other and what is wrong with one, in extensions/naming.jinja."""

import keyword
from typing import Any

import pytest

from tests.environments.union import LOCK, versions
from tests.rendering.renders import environment

MACROS: Any = environment().get_template("extensions/naming.jinja").module


def problem(kind: str, *answer: object) -> str:
    return str(getattr(MACROS, f"{kind}_problem")(*answer)).strip()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("My Service", "my-service"),
        ("  Orders -- API v2  ", "orders-api-v2"),
        ("2nd Try", "nd-try"),
        ("O'Neil & Söhne", "o-neil-s-hne"),
        ("日本語", "my-service"),
        ("42", "my-service"),
        ("a" * 60, "a" * 40),
        ("a" * 39 + " tail", "a" * 39),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert str(MACROS.slug(name)).strip() == slug


def test_every_slug_that_is_made_from_a_harmless_name_is_accepted() -> None:
    for name in ("Shop", "Ä Ö Ü", "- - -", "a" * 99, "Version 2.0", "x_y", "émigré"):
        assert not problem("slug", str(MACROS.slug(name)).strip())


@pytest.mark.parametrize("slug", ["", "My-Shop", "my shop", "my_shop", "-a", "a-", "a--b", "1a"])
def test_a_slug_is_kebab_case(slug: str) -> None:
    assert "not kebab case" in problem("slug", slug)


@pytest.mark.parametrize("slug", ["caffè", "магазин", "shop\n", "a\nb"])
def test_a_slug_is_ascii_on_one_line(slug: str) -> None:
    assert "not kebab case" in problem("slug", slug)


def test_a_slug_has_forty_characters_at_most() -> None:
    assert not problem("slug", "a" * 40)
    assert "It has 41 characters: at most 40 fit." in problem("slug", "a" * 41)


def test_no_slug_is_a_word_of_python() -> None:
    for word in keyword.kwlist:
        if word.islower():
            assert "a word of the Python language" in problem("slug", word)


def test_no_slug_is_a_package_that_the_service_depends_on() -> None:
    """Neither one it names nor one of theirs: the installer would take the service for it."""
    assert [name for name in versions(LOCK) if not problem("slug", name)] == []


@pytest.mark.parametrize("email", ["", "ada@example.org", "a.b+c_d%e-f@x-y.example.co"])
def test_an_address_may_be_given_or_left_out(email: str) -> None:
    assert not problem("email", email)


@pytest.mark.parametrize(
    "email", ["ada", "ada@", "@x.org", "ada@x", "a b@x.org", 'a"@x.org', "a@x.org\n", "a@x..org"]
)
def test_what_is_no_address_is_refused_with_an_example(email: str) -> None:
    assert "write one like ada@example.org" in problem("email", email)


@pytest.mark.parametrize("text", ["x", "O'Neil's & Söhne: <#1> 100%", "日本語", "x" * 60])
def test_text_may_hold_what_does_no_harm(text: str) -> None:
    assert not problem("text", text, 60)


@pytest.mark.parametrize("text", ['a"b', "a\\b", "a\nb", "a\tb", "a\0b", "a\x7fb", "{{ a", "{% a"])
def test_text_holds_nothing_that_ends_a_string_or_begins_a_template(text: str) -> None:
    assert "leave them out" in problem("text", text, 60)


@pytest.mark.parametrize("text", ["", " ", "\n"])
def test_text_is_not_empty(text: str) -> None:
    assert problem("text", text, 60) == "It is empty: write at least one character."


def test_text_that_is_too_long_is_told_both_lengths() -> None:
    assert problem("text", "x" * 61, 60) == "It has 61 characters: at most 60 fit."


@pytest.mark.parametrize("given", [["a", "b"], "[a, b]", [], "[]", ""])
def test_a_choice_of_several_names_each_once(given: object) -> None:
    assert not problem("duplicate", given)


@pytest.mark.parametrize("given", [["a", "b", "a"], "[a, b, a]"])
def test_what_is_chosen_twice_is_refused(given: object) -> None:
    assert problem("duplicate", given) == "a, b, a names one twice: name each at most once."
