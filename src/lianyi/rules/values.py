"""Tests of one value: of a trait of a person, or of a property of an event.

A test that does not fit the kind of a value is false of it, and refused where the kind is known before (`checking`).
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

MOST_VALUES = 1_000
MOST_DAYS = 36_500

_Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Storable = AfterValidator(lambda text: _storable(text))
Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000), Storable]
Number = Annotated[float, Field(allow_inf_nan=False)]
Days = Annotated[int, Field(ge=-MOST_DAYS, le=MOST_DAYS)]
Name = Annotated[_Name, AfterValidator(lambda name: _printable(name))]


class Node(BaseModel):
    """What every part of a rule is: frozen, and without fields that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Known(Node):
    """There is a value."""

    test: Literal["known"] = "known"


class Equals(Node):
    """The value is this one, of the same kind."""

    test: Literal["equals"] = "equals"
    value: Text | bool | Number

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Equals) and _told_apart(self.value) == _told_apart(other.value)

    def __hash__(self) -> int:
        return hash(_told_apart(self.value))


class OneOf(Node):
    """The value is one of these texts or numbers."""

    test: Literal["one_of"] = "one_of"
    values: Annotated[tuple[Text | Number, ...], Field(min_length=1, max_length=MOST_VALUES)]


class Contains(Node):
    """A text with this one anywhere in it."""

    test: Literal["contains"] = "contains"
    text: Text


class StartsWith(Node):
    """A text that begins with this one."""

    test: Literal["starts_with"] = "starts_with"
    text: Text


class Range(Node):
    """A number between bounds, of which at least one is there."""

    test: Literal["range"] = "range"
    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Range":
        if not self.model_fields_set - {"test"} or all(
            bound is None for bound in (self.at_least, self.more_than, self.at_most, self.less_than)
        ):
            raise PydanticCustomError("bounds.none", "no bound")
        return self


class Dates(Node):
    """A day between two days, both included; one of them may be open."""

    test: Literal["dates"] = "dates"
    from_on: date | None = None
    to_on: date | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Dates":
        if self.from_on is None and self.to_on is None:
            raise PydanticCustomError("bounds.none", "no bound")
        if self.from_on is not None and self.to_on is not None and self.from_on > self.to_on:
            raise PydanticCustomError("bounds.crossed", "from after to")
        return self


class FromToday(Node):
    """A day between so many days from today, both included: -30 to 0 are the last 30 days and today, 0 to 7 the next
    week. One bound may be open.
    """

    test: Literal["from_today"] = "from_today"
    from_days: Days | None = None
    to_days: Days | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "FromToday":
        if self.from_days is None and self.to_days is None:
            raise PydanticCustomError("bounds.none", "no bound")
        if self.from_days is not None and self.to_days is not None and self.from_days > self.to_days:
            raise PydanticCustomError("bounds.crossed", "from after to")
        return self


class Anniversary(Node):
    """A day whose next return, today included, is at most so many days away: a birthday within a week. 29 February
    returns on 1 March in years without one.
    """

    test: Literal["anniversary"] = "anniversary"
    within_days: Annotated[int, Field(ge=0, le=365)]


class Has(Node):
    """A list that has at least one of these items."""

    test: Literal["has"] = "has"
    values: Annotated[tuple[Text | bool | Number, ...], Field(min_length=1, max_length=MOST_VALUES)]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Has) and _told_apart(*self.values) == _told_apart(*other.values)

    def __hash__(self) -> int:
        return hash(_told_apart(*self.values))


Test = Annotated[
    Known | Equals | OneOf | Contains | StartsWith | Range | Dates | FromToday | Anniversary | Has,
    Field(discriminator="test"),
]
PropertyTest = Annotated[
    Known | Equals | OneOf | Contains | StartsWith | Range,
    Field(discriminator="test"),
]


def _told_apart(*values: str | bool | float) -> tuple[tuple[bool, str | bool | float], ...]:
    """Equal for what means the same: Python takes true for 1, so that a rule would be taken for another one."""
    return tuple((isinstance(value, bool), value) for value in values)


def _printable(name: str) -> str:
    if not name.isprintable() or name != name.strip():
        raise PydanticCustomError("name.unprintable", "not printable")
    return name


def _storable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("text.nul", "NUL")
    return text
