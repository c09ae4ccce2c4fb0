"""The language in which `just new` is told of fields: what it takes, and what it refuses in a
sentence."""

import random
from itertools import count
from typing import Any

import pytest

from scripts.resources import Refused
from scripts.resources.changing import changed
from scripts.resources.checking import field_from
from scripts.resources.fields import Field
from scripts.resources.kinds import KINDS
from scripts.resources.naming import plural_of, with_article
from scripts.resources.reading import MODIFIERS
from scripts.resources.resource import resource_from
from scripts.resources.sampling import samples

TAKEN = [
    "number:str=20:unique",
    "number:str(20):unique",
    "total:decimal(12,2):min=0:index",
    "total:decimal=12,2",
    "status:enum(draft|sent):default=draft",
    "status:enum=draft,sent:index",
    "customer:ref(user):cascade",
    "user:ref",
    "boss:ref=user:optional:set_null",
    "count:int:min=-1:max=10:default=0",
    "share:float:max=0.5",
    "is_new:bool:default=true",
    "greeting:text:default=Good morning",
    "type:str",
    "order:int",
]

REFUSED = {
    "": "is no field",
    "number": "is no field",
    ":str": "is no field",
    "number:": "the type is missing",
    "number:string": "there is no type string",
    "tags:refs(tag)": "a resource of its own, with a ref to each side",
    "number:str(20": "parentheses",
    "number:str)20(": "parentheses",
    "number:str:first": "there is no modifier 'first'",
    "number:str:unique:unique": "unique twice",
    "number:str:unique=1": "takes no value",
    "number:str:default": "needs a value",
    "Number:str": "is no name",
    "a__b:str": "is no name",
    "class:str": "word of Python",
    "none:str": "word of Python",
    "id:uuid": "every resource has already",
    "copy:str": "every resource has already",
    "model_x:str": "every resource has already",
    "sort:str": "every resource has already",
    "xmin:int": "every resource has already",
    "date:date": "every resource has already",
    f"{'a' * 41}:str": "at most 40",
    "customer_id:ref(user)": "leave _id out",
    "number:str(0)": "greatest length",
    "number:str(2001)": "take text(2001)",
    "number:str(601):unique": "fits into no index",
    "number:str(1):unique": "too few values",
    "rate:decimal(1,0):unique": "too few values",
    "rate:decimal(16,2)": "15 at most",
    "rate:decimal(2,2)": "15 at most",
    "rate:decimal(12)": "15 at most",
    "status:enum": "takes its values",
    "status:enum(a|a)": "twice",
    'status:enum("a")': "takes its values",
    "is_new:bool(1)": "takes nothing in parentheses",
    "note:text:index": "can't have an index",
    "labels:json:unique": "can't be unique",
    "is_new:bool:unique": "can't be unique",
    "weight:float:unique": "can't be unique",
    "number:str:min=1": "for numbers; its greatest length",
    "born:date:min=1": "for numbers",
    "total:decimal:max=5": "takes min=0, and no other",
    "count:int:min=x": "numbers that int can hold",
    "count:int:min=1.5": "numbers that int can hold",
    "count:int:max=2147483648": "numbers that int can hold",
    "count:int:min=2:max=2": "below its max",
    "count:int:min=0:max=50:unique": "at least 100 values",
    "count:int:default=x": "a number that fits",
    "count:int:max=3:default=4": "a number that fits",
    "total:decimal(3,2):default=10.00": "a number that fits",
    "born:date:default=2026-01-01": "a default is for",
    "number:str:unique:default=a": "can't have a default",
    "status:enum(a|b):default=c": "none of a, b",
    "is_new:bool:default=yes": "true or false",
    "number:str:default=100%": "its default must fit",
    "number:str(2):default=abc": "its default must fit",
    "number:str:cascade": "is for a ref",
    "user:ref:cascade:restrict": "only one of",
    "user:ref:set_null": "needs optional",
    "user:ref:optional:owner": "isn't optional",
    "post:ref:owner": "a ref(user)",
    "user:ref(a|b)": "the name of one resource",
    "a\x00b:str": "can't be printed",
}


@pytest.mark.parametrize("word", TAKEN)
def test_what_makes_sense_is_taken(word: str) -> None:
    assert f"{field_from(word).name}:" in word


@pytest.mark.parametrize(("word", "reason"), REFUSED.items())
def test_what_makes_none_is_refused_with_the_reason(word: str, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        field_from(word)

    told = str(refused.value)
    assert reason in told
    assert word.partition(":")[0][:9].encode("unicode_escape").decode() in told
    assert told.endswith(".")
    assert "\n" not in told


@pytest.mark.parametrize(
    ("name", "words", "reason"),
    [
        ("invoice", [], "needs a field"),
        ("invoice", [f"a{n}:int" for n in range(61)], "at most 60"),
        ("invoice", ["a:str", "a:int"], "a twice"),
        ("invoice", ["user:ref", "user_id:uuid"], "user_id twice"),
        ("invoice", ["a:int:index", "a_from:int"], "a_from twice"),
        ("invoice", ["a:ref(user):owner", "b:ref(user):owner"], "one owner"),
        ("invoice", ["a:ref(invoice)"], "there could be no first one"),
        ("invoice", ["a:ref(invoice):optional:restrict"], "can't be restrict"),
        ("Invoice", ["a:int"], "is no name"),
        ("class", ["a:int"], "word of Python"),
        ("list", ["a:int"], "already: take list_entry"),
        ("account", ["a:int"], "already: take account_entry"),
        ("i" * 25, ["a:int"], "at most 24"),
        ("invoice", ["a" * 40 + ":str:unique"], "too long a name"),
        ("test_result", ["a:int"], "already"),
    ],
)
def test_a_resource_that_makes_no_sense_is_refused(
    name: str, words: list[str], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        resource_from(name, words)


def takes(word: str) -> bool:
    """Any other error than a refusal fails the test."""
    try:
        field_from(word)
        resource_from("thing", ["a:int", word])
    except Refused as refused:
        return not str(refused)
    return True


def test_nothing_that_can_be_written_ends_in_a_stack() -> None:
    chance = random.Random(23)
    parts = [*KINDS, *MODIFIERS, *":::()()=,|-", "\x00", "é", "x", "0", "-1", "1e9", "9" * 30, " "]
    heads = ["", "x:", "x:int", "x:str:", "x:decimal(", "x:enum="]

    words = [
        chance.choice(heads) + "".join(chance.choices(parts, k=chance.randrange(12)))
        for _ in range(20_000)
    ]

    assert 100 < len([word for word in words if takes(word)]) < 10_000


@pytest.mark.parametrize(
    ("one", "several"),
    [
        ("invoice", "invoices"),
        ("city", "cities"),
        ("day", "days"),
        ("box", "boxes"),
        ("branch", "branches"),
        ("delivery_person", "delivery_people"),
        ("status", "statuses"),
    ],
)
def test_plurals(one: str, several: str) -> None:
    assert plural_of(one) == several


@pytest.mark.parametrize(
    "said", ["an invoice", "a user", "an umbrella", "a unit", "an hour", "a house", "a euro"]
)
def test_articles(said: str) -> None:
    assert with_article(said.split()[1]) == said


SAMPLED = [
    *("str", "str=1", "str=2:unique", "str=3:unique", "str=40:unique", "text", "text=1"),
    *("int", "int:unique", "int:min=0", "int:max=1", "int:max=-5", "int:min=3:max=4"),
    *("int:min=0:max=100:unique", "int:max=0:unique", "int:min=7:unique", "bigint:unique"),
    *("float", "float:max=1", "float:min=0.5:max=0.75", "bool", "json", "enum(a|b)"),
    *("decimal", "decimal(2,0):unique", "decimal(3,2):unique", "decimal(2,1)", "decimal(15,14)"),
    *("date", "date:unique", "datetime", "datetime:unique", "uuid", "uuid:unique"),
    *("email", "email:unique", "url", "url:unique"),
]
NAMES = "from datetime import *; from decimal import Decimal; from uuid import uuid4"


def values_of(field: Field, times: int) -> tuple[list[Any], Any]:
    known: dict[str, Any] = {"_number": count(1)}
    exec(NAMES, known)
    one, other = samples(field)
    return [eval(one, known) for _ in range(times)], other and eval(other, known)


@pytest.mark.parametrize("said", SAMPLED)
def test_the_second_sample_is_greater_than_the_first_always(said: str) -> None:
    """Else the tests of a resource would be green by luck, or red when they run alone."""
    field = field_from(f"x:{said}")

    first, other = values_of(field, 500)

    assert other is not None
    assert other not in first
    if field.said.kind not in {"bool", "json", "text", "uuid"}:
        as_number = float if field.said.kind == "decimal" else lambda value: value
        assert all(as_number(value) < as_number(other) for value in first)
    if field.is_unique:
        assert len({*first[:9]}) == 9


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["due_on:date"], "would have no value"),
        (["nothing:drop"], "there is no nothing; there are number, total"),
        (["total:rename=number"], "there is number already"),
        (["total:str"], "decimal can't become str"),
        (["total:decimal(10,2)"], "fewer digits"),
        (["number:str=10:unique"], "at least str=20"),
        (["status:enum(draft)"], "rows may have the value sent"),
        (["customer:ref(post)"], "it refers to user"),
        (["customer:rename=payer"], "can't be renamed"),
        (["number:str=20:unique"], "is so already"),
        (["number:drop", "total:drop", "status:drop", "customer:drop"], "needs a field"),
    ],
)
def test_what_rows_that_exist_can_not_have_is_refused(words: list[str], reason: str) -> None:
    invoice = resource_from(
        "invoice",
        ["number:str=20:unique", "total:decimal", "status:enum(draft|sent)", "customer:ref(user)"],
    )

    with pytest.raises(Refused, match=reason):
        changed(invoice, words)


def test_a_change_keeps_the_order_and_the_rest() -> None:
    invoice = resource_from("invoice", ["number:str=20:unique", "total:decimal", "note:text"])

    change = changed(invoice, ["total:rename=amount", "note:drop", "due_on:date:optional"])

    assert dict(change.after.said) == {
        "number": "str=20:unique",
        "amount": "decimal",
        "due_on": "date:optional",
    }
    assert change.renames == [("total", "amount")]
