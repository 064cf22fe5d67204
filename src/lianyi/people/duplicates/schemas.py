"""What goes into the search for duplicates and what comes out of it.

Values of people never leave through here: a suggestion names two people, how sure it is, and what agreed or not.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

State = Literal["open", "same", "not_same", "later"]


class Record(NamedTuple):
    """One person as far as known; None where nothing is. `full_name` is for names that are written whole, such as
    Chinese ones; a Latin full name is split when there is no given name and surname.
    """

    id: int
    given_name: str | None = None
    surname: str | None = None
    full_name: str | None = None
    birth_date: str | None = None  # 1990-01-31, 19900131, 31/01/1990, 1990年1月31日
    street: str | None = None
    street_2: str | None = None
    house_number: str | None = None
    city: str | None = None  # or suburb
    postcode: str | None = None
    region: str | None = None
    phone: str | None = None
    email: str | None = None
    ids: tuple[str, ...] = ()  # any other names of this person, "kind:value"


class Reason(NamedTuple):
    """What one field says: `level` is how far it agrees (see `reasons.sentence`), `bits` how much that weighs: each
    bit doubles the odds for "the same person", each negative one halves them.
    """

    field: str
    level: str
    bits: float


class Suggestion(NamedTuple):
    """`a` < `b` may be one person."""

    a: int
    b: int
    probability: float
    reasons: tuple[Reason, ...]


class Skipped(NamedTuple):
    """Blocks of the rule `rule` that were not compared, since more than `limit` people share what they share."""

    rule: str
    limit: int
    blocks: int
    people: int
    largest: int


@dataclass(frozen=True, slots=True)
class Suggestions:
    """`pairs` by falling probability, then a, b. The bits of a pair's reasons plus `prior_bits` are the log2 of its
    odds, up to rounding.
    """

    pairs: tuple[Suggestion, ...]
    people: int
    compared: int  # pairs looked at
    prior_bits: float
    skipped: tuple[Skipped, ...]


class Search(NamedTuple):
    """What one search looked at. `suggested` counts pairs, those answered before included."""

    found_at: int  # µs
    people: int
    compared: int
    skipped: tuple[Skipped, ...]
    suggested: int


class Pair(NamedTuple):
    """A suggestion: `person_a` < `person_b` may be one, or are one by now (then both are the same number); 0 is nobody
    any more. `a` and `b` name it to `answer` and `reopen`.
    """

    a: int
    b: int
    person_a: int
    person_b: int
    probability: float
    reasons: tuple[Reason, ...]
    found_at: int  # µs
    state: State
    answered_at: int | None  # µs
    actor: str
    decision: str  # hex; "" for none

    @property
    def place(self) -> tuple[float, int, int]:
        """Where a list goes on behind it."""
        return self.probability, self.a, self.b
