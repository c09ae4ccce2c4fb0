"""What all schemas share."""

import re
from functools import lru_cache
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
    validate_email,
)

MOST_FIELDS = 100
LONGEST_EMAIL, LONGEST_LOCAL_PART = 254, 64


class Schema(BaseModel):
    """Fields are documented under the field; OpenAPI shows it."""

    # A validation error that nobody expects is logged with its stack, not with the values.
    model_config = ConfigDict(use_attribute_docstrings=True, hide_input_in_errors=True)

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`PostReadPage` for `Page[PostRead]`: clients are generated from these names."""
        names = [getattr(each, "__name__", str(each)) for each in params]
        return "".join([*(re.sub(r"\W+", "_", name) for name in names), cls.__name__])


class Input(Schema):
    """What a client sends: a field that nobody knows is a mistake, not a wish to be ignored."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def refuse_many_fields(cls, data: Any) -> Any:
        """One mistake per unknown field would cost seconds on a body full of them."""
        if isinstance(data, dict) and len(data) > MOST_FIELDS:
            raise ValueError(f"has more than {MOST_FIELDS} fields")
        return data


class Output(Schema):
    """What the service answers, read from the attributes of rows and entities."""

    model_config = ConfigDict(from_attributes=True)


def require_storable(text: str) -> str:
    """Databases store neither NUL nor half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return text


# What is cut off at the ends of a string (Unicode, property White_Space), for those who read the
# OpenAPI document.
_SPACE = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_NO_NUL = r"^[^\u0000]*$"
_NOT_BLANK = rf"^[^\u0000]*[^\u0000{_SPACE}][^\u0000]*$"

Text = Annotated[
    str, AfterValidator(require_storable), Field(json_schema_extra={"pattern": _NO_NUL})
]
"""A string that can be stored. Bound its length with `Field` wherever it is used."""

FilledText = Annotated[
    str,
    Field(min_length=1, json_schema_extra={"pattern": _NOT_BLANK}),
    AfterValidator(require_storable),
]
"""The same for what must not be blank."""

# Checkers take it as it is, whatever the domain.
_PLAIN_LOCAL_PART = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")


@lru_cache(maxsize=1024)
def is_plain_domain(name: str) -> bool:
    """Whether addresses of it are valid, and stay as they are but for upper case. Others have a
    longer form, which has to be checked as a whole."""
    try:
        return name.isascii() and validate_email(f"x@{name}")[1] == f"x@{name.lower()}"
    except ValueError:
        return False


def _of_a_known_domain(value: Any, check: ValidatorFunctionWrapHandler) -> Any:
    """Checking the domain is most of the work, and many addresses share few domains."""
    if isinstance(value, str) and len(value) <= LONGEST_EMAIL:
        local_part, _, domain = value.rpartition("@")
        is_plain = len(local_part) <= LONGEST_LOCAL_PART and _PLAIN_LOCAL_PART.fullmatch(local_part)
        if is_plain and is_plain_domain(domain):
            return value
    return check(value)


Email = Annotated[
    EmailStr,
    Field(max_length=LONGEST_EMAIL),
    WrapValidator(_of_a_known_domain),
    AfterValidator(str.lower),
]
"""An e-mail address, compared and stored in lower case."""
