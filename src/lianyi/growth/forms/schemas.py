"""The definition of a form. No Django here: the edge serves it.

The JSON of a definition is what is stored, what the API takes and what the builder edits. It is read by `read`, which
refuses what means nothing: two fields of one name, a condition on a later field, a wording that is missing. What was
published stays as it is under its number, and `digest` tells one wording from another.
"""

from typing import Annotated, Any

import msgspec

from lianyi.growth.forms.fields import Field, Key, Value
from lianyi.growth.words import Words
from lianyi.kernel.ids import digest as hashed

MOST_FIELDS = 60
MOST_BYTES = 48_000  # of a definition's JSON: a page that shows it stays under 100 kB


class Progressive(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Of these fields only the next `at_once` are asked that the person has not answered yet, in this order."""

    fields: Annotated[tuple[Key, ...], msgspec.Meta(min_length=1, max_length=MOST_FIELDS)]
    at_once: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1


class DoubleOptIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Whoever leaves an address in `field` confirms it by a link in a mail; consents for e-mail count only then."""

    field: Key
    subject: Words = Words()
    text: Words = Words()
    days: Annotated[int, msgspec.Meta(ge=1, le=30)] = 3  # that the link works


class Download(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A file that whoever submits may fetch, by a link that works for some hours; after a double opt-in, if any."""

    media: Annotated[int, msgspec.Meta(ge=1)]
    hours: Annotated[int, msgspec.Meta(ge=1, le=720)] = 48


class Thanks(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What follows: an address of the web, else a text."""

    text: Words = Words()
    address: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a form keeps machines out, without asking anybody else. A field that people do not see is always there."""

    quickest: Annotated[int, msgspec.Meta(ge=0, le=60)] = 2  # seconds from the page to its submission
    hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 24  # that a page may lie open
    per_minute: Annotated[int, msgspec.Meta(ge=0, le=600)] = (
        30  # submissions of one caller, a whole fair behind it; 0: any
    )
    work: Annotated[int, msgspec.Meta(ge=0, le=22)] = 14  # bits of the puzzle, each doubles it; 0 for none


class Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A form. `language` is the one of its page where the caller's is neither; `campaign` a campaign's key."""

    fields: Annotated[tuple[Field, ...], msgspec.Meta(max_length=MOST_FIELDS)] = ()
    title: Words = Words()
    intro: Words = Words()
    button: Words = Words()
    language: Annotated[str, msgspec.Meta(pattern=r"^(zh|en)$")] = "zh"
    campaign: Annotated[str, msgspec.Meta(max_length=200)] = ""
    progressive: Progressive | None = None
    double_opt_in: DoubleOptIn | None = None
    download: Download | None = None
    thanks: Thanks = Thanks()
    notify: Annotated[tuple[int, ...], msgspec.Meta(max_length=20)] = ()  # members who hear of each submission
    guard: Guard = Guard()
    shared: bool = False  # filled in by one after the other at one device: nobody is known by its browser

    def field(self, key: str) -> Field | None:
        """The field of this key."""
        return next((one for one in self.fields if one.key == key), None)


class Consented(msgspec.Struct, frozen=True):
    """What somebody agreed to by a consent line: the words that they saw, in the language that they saw."""

    field: str
    channel: str
    purpose: str
    wording: str


class Submission(msgspec.Struct, frozen=True):
    """What was sent, judged: values by key as they are kept, and what they say of the person."""

    answers: dict[str, Any]
    claims: tuple[tuple[str, str, str, bool], ...]  # kind, scope, value, strong: whoever types is never vouched for
    traits: dict[str, Any]
    consents: tuple[Consented, ...]


class Handed(msgspec.Struct, frozen=True):
    """A file as it was handed in: its name, size and type by its content, and the id under which it is kept."""

    name: str
    size: int
    type: str
    file: str


encode = msgspec.json.Encoder(order="deterministic").encode
Sent = dict[str, list[str]]  # what a browser sends: texts by name
Options = tuple[Value, ...]


def digest(definition: Definition) -> str:
    """32 hex digits that stand for the definition, words and all."""
    return hashed(encode(definition)).hex()
