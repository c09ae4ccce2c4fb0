"""Names: how they are written, and which are refused because something has them already."""

import builtins
import keyword
import re

from pydantic import BaseModel

from . import Refused

_SNAKE = re.compile(r"[a-z](?:_?[a-z0-9])*")
LONGEST_RESOURCE, LONGEST_COLUMN = 24, 40
LONGEST_CONSTRAINT = 63
"""PostgreSQL cuts longer names, and errors are told apart by them."""

_PYTHON = {*map(str.lower, keyword.kwlist), "self", "cls"}

_OF_FIELDS = {
    *(name for name in dir(BaseModel) if not name.startswith("_")),
    # What tables, rows and pages have, and columns that databases keep for themselves.
    *("id", "created_at", "updated_at", "metadata", "registry", "mro", "t", "tuple"),
    *("after", "equal", "limit", "offset", "ranges", "refuse_both", "sort"),
    *("ctid", "cmax", "cmin", "oid", "rowid", "tableoid", "xmax", "xmin"),
    # Types that the same class body names.
    *("bool", "date", "datetime", "dict", "float", "int", "list", "str"),
}
"""A field of these would hide something, or be hidden."""

_OF_RESOURCES = {
    *(name.lower() for name in dir(builtins)),
    # Modules and functions that every service has.
    *("account", "accounts", "auth", "base", "caller", "callers", "health", "own", "refresh_token"),
    *("refresh_tokens", "signing_in"),
    # What the code of a resource calls its own, or imports.
    *("admins", "annotated", "apirouter", "before", "between", "big_integer", "body"),
    *("boolean", "change", "changed", "changes", "class_var", "client", "conflict", "count"),
    *("create", "created", "creation", "date", "date_time", "datetime", "decimal"),
    *("decimal_text", "depends", "down", "email", "end", "equal", "field", "filled_text"),
    *("first", "foreign_key", "found", "given", "greater", "greatest", "http_connection"),
    *("http_status", "httpconnection", "httpstatus", "httpx2", "index", "input", "integer"),
    *("json_object", "kept", "known", "last", "link", "literal", "mapped", "mapped_column"),
    *("mapping", "method", "missing", "name", "new", "not_found", "one", "other", "others"),
    *("output", "page", "page_lost", "page_of", "path", "problem", "problems", "pytest"),
    *("query", "reader", "reader_of", "repository", "request", "response", "router", "rule"),
    *("rules", "seed", "seeds", "seen", "sent", "session", "session_dep", "sort", "sorted"),
    *("sorted_query", "string", "text", "timedelta", "total", "unique_constraint", "up", "url"),
    *("utc", "uuid", "uuid4", "value", "values", "wanted"),
}

_IRREGULAR = {
    "analysis": "analyses",
    "axis": "axes",
    "basis": "bases",
    "child": "children",
    "crisis": "crises",
    "criterion": "criteria",
    "datum": "data",
    "echo": "echoes",
    "foot": "feet",
    "half": "halves",
    "hero": "heroes",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "mouse": "mice",
    "person": "people",
    "potato": "potatoes",
    "quiz": "quizzes",
    "shelf": "shelves",
    "tooth": "teeth",
    "wife": "wives",
    "wolf": "wolves",
    "woman": "women",
}
_RULES = (
    (r"([^aeiou])y$", r"\1ies"),
    (r"(s|x|z|ch|sh)$", r"\1es"),
    (r"$", "s"),
)


def pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def human(name: str) -> str:
    return name.replace("_", " ")


def with_article(name: str) -> str:
    """By how it sounds."""
    said = human(name)
    is_vowel = re.match(r"[aeio]|u(?!ni|s[aeiu]|til|r[aeiou])|h(our|onou?r|eir)", said)
    return f"{'an' if is_vowel and not re.match(r'eu|one', said) else 'a'} {said}"


def plural_of(name: str) -> str:
    """The last word decides."""
    head, _, last = name.rpartition("_")
    plural = _IRREGULAR.get(last) or next(
        re.sub(pattern, several, last) for pattern, several in _RULES if re.search(pattern, last)
    )
    return f"{head}_{plural}" if head else plural


def check_field(name: str, column: str) -> None:
    """Raises `Refused`."""
    if not _SNAKE.fullmatch(name):
        raise Refused(_not_snake(name, "customer_name"))
    if name in _PYTHON:
        raise Refused(f"{name} is a word of Python: call it {name}_value, for example.")
    if name in _OF_FIELDS or column in _OF_FIELDS or name.startswith("model_"):
        raise Refused(
            f"{name} is a name that every resource has already: call it {name}_value, for example."
        )
    if len(column) > LONGEST_COLUMN:
        raise Refused(f"{column} has {len(column)} characters: at most {LONGEST_COLUMN} fit.")


def check_resource(name: str, plural: str) -> None:
    """Raises `Refused`."""
    for each, hint in ((name, f"{name}_entry"), (plural, f"--plural {name}_entries")):
        if not _SNAKE.fullmatch(each):
            raise Refused(_not_snake(each, "delivery_note"))
        if each in _PYTHON:
            raise Refused(f"{each} is a word of Python: take {hint}, for example.")
        if each in _OF_RESOURCES or each.startswith("test_"):
            raise Refused(
                f"{each} is a name that the service or its code has already: take {hint}, for"
                " example."
            )
        if len(each) > LONGEST_RESOURCE + 2 * (each != name):
            raise Refused(f"{each} has {len(each)} characters: at most {LONGEST_RESOURCE} fit.")
    if plural == name:
        raise Refused(f"One and several are both called {name}: add --plural {name}_entries.")


def _not_snake(name: str, example: str) -> str:
    return (
        f"{name!r} is no name: write a-z, 0-9 and single _, and begin with a letter, as in"
        f" {example}."
    )
