"""What all schemas share."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field, model_validator

MOST_FIELDS = 100


class Schema(BaseModel):
    """Fields are documented under the field; OpenAPI shows it."""

    model_config = ConfigDict(use_attribute_docstrings=True)


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


def _storable(text: str) -> str:
    """Databases store neither NUL nor half of a surrogate pair."""
    if "\x00" in text:
        raise ValueError("must not contain NUL characters")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("must be valid Unicode") from None
    return text


Text = Annotated[str, AfterValidator(_storable)]
"""A string that can be stored. Bound its length with `Field` wherever it is used."""

Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(str.lower)]
"""An e-mail address, compared and stored in lower case."""
