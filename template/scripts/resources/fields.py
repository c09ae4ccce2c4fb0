"""A field, as the stencil needs to know it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from .kinds import KINDS, Kind
from .naming import pascal
from .reading import Said

_AT_DELETION = {"cascade": "CASCADE", "restrict": "RESTRICT", "set_null": "SET NULL"}


@dataclass(frozen=True)
class Field:
    said: Said

    @property
    def name(self) -> str:
        return self.said.name

    @property
    def modifiers(self) -> Mapping[str, str]:
        return self.said.modifiers

    @property
    def kind(self) -> Kind:
        return KINDS[self.said.kind]

    @property
    def is_ref(self) -> bool:
        return self.said.kind == "ref"

    @property
    def column(self) -> str:
        return f"{self.name}_id" if self.is_ref else self.name

    @property
    def target(self) -> str:
        """What a ref refers to: of that name, if it doesn't say."""
        return self.said.arguments[0] if self.said.arguments else self.name

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.said.arguments or self.kind.arguments

    @property
    def is_optional(self) -> bool:
        return "optional" in self.modifiers

    @property
    def is_unique(self) -> bool:
        return "unique" in self.modifiers

    @property
    def is_indexed(self) -> bool:
        """By itself: what is unique has an index anyway."""
        return not self.is_unique and (self.is_ref or "index" in self.modifiers)

    @property
    def is_owner(self) -> bool:
        return "owner" in self.modifiers

    @property
    def is_asked(self) -> bool:
        return bool(self.kind.asked) and (self.is_unique or self.is_indexed)

    @property
    def has_range(self) -> bool:
        return self.is_asked and self.kind.has_range

    @property
    def is_filter(self) -> bool:
        return self.is_asked and not self.kind.has_range

    @property
    def sorts(self) -> bool:
        """Missing values have no place in an index that begins with them."""
        return self.is_asked and self.kind.sorts and not self.is_optional

    @property
    def at_deletion(self) -> str:
        """Of what a ref refers to."""
        for name, action in _AT_DELETION.items():
            if name in self.modifiers:
                return action
        return "SET NULL" if self.is_optional else "RESTRICT"

    @property
    def default(self) -> str | None:
        return self.modifiers.get("default")

    @cached_property
    def bounds(self) -> dict[str, str]:
        """Of numbers, as `Field(…)` takes them: those that are said."""
        if self.said.kind == "decimal":
            return {}
        said = {"ge": self.modifiers.get("min"), "le": self.modifiers.get("max")}
        return {end: bound for end, bound in said.items() if bound is not None}

    @property
    def is_signed(self) -> bool:
        return "min" not in self.modifiers

    def filled(self, text: str) -> str:
        """With the arguments of the type in the places for them."""
        if self.said.kind == "enum":
            return text.replace("$1", ", ".join(f'"{value}"' for value in self.arguments))
        for number, argument in enumerate(self.arguments, start=1):
            text = text.replace(f"${number}", _digits(argument))
        text = text.replace("$more", _digits(str(self.longest + 1)))
        return text if self.is_signed else text.replace(")]", ", signed=False)]")

    @property
    def longest(self) -> int:
        """Characters of a text, or digits before the point."""
        first, *others = [int(each) for each in self.arguments if each.isdecimal()] or [0]
        return first - sum(others)

    @property
    def given(self) -> str:
        """The type of what comes in, without its name."""
        if not self.bounds:
            return self.filled(self.kind.given)
        bounds = ", ".join(f"{end}={bound}" for end, bound in self.bounds.items())
        return f"Annotated[{self.kind.given}, Field({bounds})]"

    @property
    def alias(self) -> str:
        """Of that type, where it says more than one of the chassis."""
        return pascal(self.name) if self.kind.is_named or self.bounds else ""

    @property
    def mapped(self) -> str:
        return f"{self.kind.python} | None" if self.is_optional else self.kind.python

    def sql(self, table: str = "") -> str:
        """The arguments of `mapped_column`; `table` is that of what a ref refers to."""
        told = [self.filled(self.kind.column)]
        if self.is_ref:
            told = [f'ForeignKey("{table}.id", ondelete="{self.at_deletion}")']
        if self.default is not None:
            stored = {"true": "1", "false": "0"}.get(self.default, self.default)
            told.append(f'server_default="{stored}"')
        return ", ".join(filter(None, told))

    @property
    def literal(self) -> str:
        """The default, as Python writes it."""
        match self.said.kind:
            case "decimal":
                is_whole = "." not in str(self.default)
                return f"Decimal({self.default})" if is_whole else f'Decimal("{self.default}")'
            case "bool":
                return str(self.default).capitalize()
            case "int" | "bigint" | "float":
                return str(self.default)
        return f'"{self.default}"'

    @property
    def asked_bounds(self) -> str:
        """Of a number in a query."""
        largest = {**self.kind.largest, **self.bounds}
        return "".join(f", {end}={bound}" for end, bound in largest.items())

    @property
    def repository(self) -> str:
        return pascal(self.target) + "Repository"

    @property
    def not_found(self) -> str:
        return pascal(self.target) + "NotFound"


def _digits(number: str) -> str:
    """As people write long ones."""
    return f"{int(number):_}" if number.isdecimal() and len(number) > 4 else number
