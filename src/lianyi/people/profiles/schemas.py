"""What this room says to others: refusals, sources, a person's page, and rows of lists."""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.people.profiles.traits.facts import Strategy
from lianyi.people.profiles.traits.values import TraitType

__all__ = ["Strategy", "TraitType"]


class Refusal(NamedTuple):
    """An event, or a part of it, that a projector could not use. The rest of the event counts."""

    position: int
    code: str
    detail: str


class SourceSeen(NamedTuple):
    """A source with the moment a touch from it began."""

    channel: str
    medium: str
    campaign: str
    code: str
    at: int  # µs

    @classmethod
    def of(cls, name: tuple[str, ...], at: int) -> "SourceSeen":
        """The source of this name (channel, medium, campaign, code), seen then."""
        channel, medium, campaign, code = name
        return cls(channel, medium, campaign, code, at)


class Said(NamedTuple):
    """One value of a trait that was said, by whom and when; None: removed."""

    value: Any
    at: int
    origin: str
    identity: int


class TraitShown(NamedTuple):
    """A trait of a person, and all that was said of it, the newest first."""

    name: str
    kind: str
    label_zh: str
    label_en: str
    sensitive: bool
    value: Any
    at: int
    origin: str
    history: tuple[Said, ...]


class TagShown(NamedTuple):
    """A tag that a person has."""

    dimension: str
    name: str
    added_at: int
    origin: str
    event: str  # hex
    expires_at: int | None


class ConsentShown(NamedTuple):
    """One line of the consent ledger."""

    channel: str
    purpose: str
    given: bool
    at: int
    how: str
    proof: str
    origin: str
    event: str  # hex


class OrderShown(NamedTuple):
    """An order of a person. `net` is what was paid less what was given back; amounts are null where nobody said."""

    system: str
    number: str
    placed_at: int | None
    lines: int
    quantity: Decimal
    total: Decimal | None
    net: Decimal | None
    currency: str
    state: str  # placed, returned, cancelled, adjustment


class StageShown(NamedTuple):
    """A stage that a person entered."""

    stage: str
    at: int
    reason: str


class PersonRow(NamedTuple):
    """One line of a list of people."""

    number: int
    name: str
    stage: str
    stage_since: int | None
    first_source: SourceSeen | None
    last_source: SourceSeen | None
    first_seen_at: int | None
    last_seen_on: date | None
    orders: int
    spent: Decimal


class PersonPage(NamedTuple):
    """All that is known of one person, its events apart."""

    row: PersonRow
    identities: tuple[Any, ...]
    traits: tuple[TraitShown, ...]
    tags: tuple[TagShown, ...]
    consents: tuple[ConsentShown, ...]  # current ones first, one per channel and purpose
    consent_history: tuple[ConsentShown, ...]
    touches: tuple[SourceSeen, ...]  # in order of time
    orders: tuple[OrderShown, ...]  # the newest first
    stages: tuple[StageShown, ...]  # in order of time


class Wanted(NamedTuple):
    """A filter of people; what is empty or null asks for nothing. Days are counted from 1970, UTC; amounts are in the
    workspace's currency; a source is named by its channel. `text` is a name, an identity, a number or a tag. `state` is
    one of scores (`persons/stating.py`).
    """

    text: str = ""
    stage: str = ""
    first_source: str = ""
    last_source: str = ""
    tag: tuple[str, str] | None = None  # dimension, name
    kind: str = ""  # of an identity
    seen_from: int | None = None
    seen_to: int | None = None
    orders_from: int | None = None
    orders_to: int | None = None
    spent_from: Decimal | None = None
    spent_to: Decimal | None = None
    order: str = "newest"  # or "spent": then only who bought
    state: str = ""


class Place(NamedTuple):
    """Where a list of people goes on: behind this person."""

    number: int


class Found(NamedTuple):
    """People who fit a filter, and where to go on; null at the end."""

    numbers: tuple[int, ...]
    further: Place | None


class PersonUnknown(Refused):
    """There is no such person."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "person.unknown",
            Sentence("There is no person {number} here.", number=number),
            Sentence("It may be part of another."),
        )
