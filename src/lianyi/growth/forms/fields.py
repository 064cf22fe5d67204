"""The fields of a form: one closed union, told apart by `kind`. No Django here: the edge judges by them.

Whoever reads fields matches all kinds (`assert_never`), so that a new kind, such as a question of a survey, cannot be
forgotten anywhere.
"""

from typing import Annotated

import msgspec

from lianyi.growth.words import Words

KEY = r"^[a-z][a-z0-9_]{0,39}$"
LONGEST_ANSWER = 4_000  # characters of one text
MOST_OPTIONS = 100
MOST_FILE_BYTES = 20_000_000

Key = Annotated[str, msgspec.Meta(pattern=KEY)]
Value = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Digits = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]
Day = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The field is shown when that earlier one has one of these values; with none named, when it has any."""

    field: Key
    values: tuple[Value, ...] = ()


class Option(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What may be chosen: the value that is kept, and how it reads."""

    value: Value
    label: Words = Words()


class _Field(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, tag_field="kind", kw_only=True
):
    """What all fields have. `maps_to` is where the answer goes besides the submission: "" nowhere, `trait:NAME`, or an
    identity, `email`, `phone` or `wechat_id`.
    """

    key: Key
    label: Words = Words()
    help: Words = Words()
    required: bool = False
    maps_to: Annotated[str, msgspec.Meta(max_length=120)] = ""
    when: When | None = None


class Text(_Field, frozen=True, tag="text"):
    """One line."""

    most: Annotated[int, msgspec.Meta(ge=1, le=500)] = 200  # characters


class LongText(_Field, frozen=True, tag="long_text"):
    """Several lines."""

    most: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_ANSWER)] = 2_000


class Email(_Field, frozen=True, tag="email"):
    """An e-mail address."""


class Phone(_Field, frozen=True, tag="phone"):
    """A phone number, as people of the workspace's region write it, or with a country code."""


class Number(_Field, frozen=True, tag="number"):
    """A number, between two others where they are given."""

    least: Digits | None = None
    most: Digits | None = None
    whole: bool = False


class Date(_Field, frozen=True, tag="date"):
    """A day, YYYY-MM-DD, from one to another where they are given."""

    first: Day | None = None
    last: Day | None = None


class Choice(_Field, frozen=True, tag="choice"):
    """One of several. `menu` shows them as a list that opens."""

    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=1, max_length=MOST_OPTIONS)]
    menu: bool = False


class Choices(_Field, frozen=True, tag="choices"):
    """Any of several, at least and at most so many; at most 0 means as many as there are."""

    options: Annotated[tuple[Option, ...], msgspec.Meta(min_length=1, max_length=MOST_OPTIONS)]
    least: Annotated[int, msgspec.Meta(ge=0, le=MOST_OPTIONS)] = 0
    most: Annotated[int, msgspec.Meta(ge=0, le=MOST_OPTIONS)] = 0


class Consent(_Field, frozen=True, tag="consent"):
    """A line to agree to. Its wording is the proof of what was agreed to, so it is kept with the consent; a channel and
    purposes make it one that messages are sent by.
    """

    wording: Words
    channel: Annotated[str, msgspec.Meta(max_length=50, pattern=r"^[a-z0-9_]*$")] = ""  # email, sms, wechat, phone, …
    purposes: Annotated[
        tuple[Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9_]{1,50}$")], ...], msgspec.Meta(max_length=5)
    ] = ()


class File(_Field, frozen=True, tag="file"):
    """A file: a picture or a PDF, judged by its content."""

    most_bytes: Annotated[int, msgspec.Meta(ge=1_000, le=MOST_FILE_BYTES)] = 5_000_000
    pictures: bool = True
    documents: bool = True


class Hidden(_Field, frozen=True, tag="hidden"):
    """What the address brings along: the parameter of this name, else `value`."""

    parameter: Annotated[str, msgspec.Meta(max_length=50, pattern=r"^[A-Za-z0-9_.-]*$")] = ""
    value: Annotated[str, msgspec.Meta(max_length=200)] = ""


Field = Text | LongText | Email | Phone | Number | Date | Choice | Choices | Consent | File | Hidden
