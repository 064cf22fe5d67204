"""Whether a person has a tag: the last word counts, and a tag may expire.

Of all that was said of one tag of one identity the last giving and the last taking are kept, which merge in any order.
"""

from enum import StrEnum
from typing import NamedTuple


class Dimension(StrEnum):
    """The four kinds of tag."""

    ATTRIBUTE = "attribute"
    BEHAVIOUR = "behaviour"
    STATE = "state"
    PREFERENCE = "preference"


class TagFact(NamedTuple):
    """The last giving, with who gave it by which event, and the last taking. Times are µs."""

    added_at: int | None = None
    event: bytes | None = None
    origin: int | None = None
    expires_at: int | None = None
    removed_at: int | None = None


def merge(a: TagFact, b: TagFact) -> TagFact:
    """Both facts in one; commutative, associative and idempotent. Between equal moments the larger event id counts."""
    given = max(a, b, key=lambda fact: (fact.added_at is not None, fact.added_at, fact.event))
    removed = max((at for at in (a.removed_at, b.removed_at) if at is not None), default=None)
    return given._replace(removed_at=removed)


def holds(fact: TagFact, now: int) -> bool:
    """Whether the tag is there at `now`: given, not taken since, and not expired."""
    if fact.added_at is None or (fact.removed_at is not None and fact.removed_at >= fact.added_at):
        return False
    return fact.expires_at is None or fact.expires_at > now
