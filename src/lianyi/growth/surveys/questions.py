"""The questions of a survey: one closed union, told apart by `kind`. No Django here: the edge asks them."""

from typing import Annotated

import msgspec

from lianyi.growth.forms.fields import Key, Option, Value
from lianyi.growth.words import Words

OTHER = "other"  # the value of an answer that is typed
MOST_OPTIONS = 50
MOST_ROWS = 30
NPS_MOST = 10

Options = Annotated[tuple[Option, ...], msgspec.Meta(min_length=2, max_length=MOST_OPTIONS)]
Points = Annotated[int, msgspec.Meta(ge=0, le=10)]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Holds when the earlier question was answered with one of these values, or with a number within the bounds; with
    neither, when it was answered at all. `row` is one of a matrix. `unless` turns it around.
    """

    question: Key
    row: Annotated[str, msgspec.Meta(max_length=100)] = ""
    values: tuple[Value, ...] = ()
    least: Points | None = None
    most: Points | None = None
    unless: bool = False


class Tagging(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The tag of whoever answers with one of these values, or a number within the bounds."""

    tag: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    dimension: Annotated[str, msgspec.Meta(pattern=r"^(attribute|behaviour|state|preference)$")] = "preference"
    values: tuple[Value, ...] = ()
    least: Points | None = None
    most: Points | None = None


class _Question(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", kw_only=True
):
    """What all questions have. `maps_to` is "" or `trait:NAME`; all conditions of `when` must hold for it to be asked.
    In `label` and `help`, `{key}` stands for the answer to the question of an earlier page.
    """

    key: Key
    label: Words = Words()
    help: Words = Words()
    required: bool = False
    maps_to: Annotated[str, msgspec.Meta(max_length=120)] = ""
    tags: Annotated[tuple[Tagging, ...], msgspec.Meta(max_length=20)] = ()
    when: Annotated[tuple[Condition, ...], msgspec.Meta(max_length=10)] = ()


class Single(_Question, frozen=True, tag="single"):
    """One of several; with `other`, or what one types."""

    options: Options
    other: bool = False


class Multiple(_Question, frozen=True, tag="multiple"):
    """Any of several, at least and at most so many; at most 0 means as many as there are."""

    options: Options
    other: bool = False
    least: Annotated[int, msgspec.Meta(ge=0, le=MOST_OPTIONS)] = 0
    most: Annotated[int, msgspec.Meta(ge=0, le=MOST_OPTIONS)] = 0


class Scale(_Question, frozen=True, tag="scale"):
    """A number from one to another, with words at its ends."""

    least: Annotated[int, msgspec.Meta(ge=0, le=1)] = 1
    most: Annotated[int, msgspec.Meta(ge=2, le=10)] = 5
    low: Words = Words()
    high: Words = Words()


class Nps(_Question, frozen=True, tag="nps"):
    """How likely somebody is to recommend the brand, from 0 to 10."""


class Matrix(_Question, frozen=True, tag="matrix"):
    """The same choice for each row."""

    rows: Annotated[tuple[Option, ...], msgspec.Meta(min_length=1, max_length=MOST_ROWS)]
    columns: Annotated[tuple[Option, ...], msgspec.Meta(min_length=2, max_length=11)]


class Ranking(_Question, frozen=True, tag="ranking"):
    """The first `top` of several in their order; 0 for all of them."""

    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=2, max_length=15)]
    top: Annotated[int, msgspec.Meta(ge=0, le=15)] = 0


class Text(_Question, frozen=True, tag="text"):
    """What one types, in one line or in several."""

    most: Annotated[int, msgspec.Meta(ge=1, le=2_000)] = 500  # characters
    lines: bool = False


Question = Single | Multiple | Scale | Nps | Matrix | Ranking | Text
