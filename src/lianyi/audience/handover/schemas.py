"""What hand-overs say to others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any, NamedTuple

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence

NAME_CHARACTERS = 100
NOTE_CHARACTERS = 1_000
MOST_RULES = 50
MOST_MEMBERS = 200  # of a rule
MOST_VALUES = 1_000  # of a rule's table
MOST_MINUTES = 60 * 24 * 60
MOST_PAUSE_DAYS = 3_650
ACCEPT_MINUTES = 24 * 60
PAUSE_DAYS = 30
REST = ""  # the name under which those are assigned whom no rule assigns


class State(StrEnum):
    """How far a hand-over is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WON = "won"
    LOST = "lost"
    MERGED = "merged"  # the person became one with somebody who has an earlier one


OPEN = frozenset({State.OFFERED.value, State.ACCEPTED.value})
BOARD = (State.OFFERED, State.ACCEPTED, State.WON, State.LOST, State.REJECTED)


class Level(IntEnum):
    """Who has the offer."""

    FIRST = 0
    NEXT = 1
    LAST = 2  # a manager, or nobody is left to whom it could go


class Outcome(StrEnum):
    """What came of a member's turn."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    PASSED = "passed"  # given to another member
    MERGED = "merged"


class Rejection(StrEnum):
    """Why a member does not take a person."""

    NO_CONTACT = "no_contact"
    NO_INTEREST = "no_interest"
    UNFIT = "unfit"
    KNOWN = "known"
    ELSEWHERE = "elsewhere"
    OTHER = "other"


class Loss(StrEnum):
    """Why it came to nothing."""

    PRICE = "price"
    COMPETITOR = "competitor"
    NO_NEED = "no_need"
    NO_ANSWER = "no_answer"
    TIMING = "timing"
    OTHER = "other"


class Way(StrEnum):
    """How a rule finds the member."""

    TURNS = "turns"  # each of its members in turn
    MEMBER = "member"  # always the same
    TABLE = "table"  # by the value of a trait
    OWNER = "owner"  # whoever accepted the person last


@dataclass(frozen=True)
class AssignmentRule:
    """For whom `rule` holds (null: everybody), `way` finds the member. One who may not take is passed over, and where
    none is found the next rule is asked.
    """

    name: str
    way: Way
    rule: Mapping[str, Any] | None = None  # as `rules.reading` reads it
    members: tuple[int, ...] = ()  # of turns, in order; of `member`, the one
    trait: str = ""  # of a table
    table: Mapping[str, int] = field(default_factory=dict)  # the value → the member


@dataclass(frozen=True)
class Assignment:
    """How a workspace assigns: the rules in order, and how long members and people are left in peace."""

    accept_minutes: int = ACCEPT_MINUTES  # of working time
    pause_days: int = PAUSE_DAYS
    rules: tuple[AssignmentRule, ...] = ()


class Handover(NamedTuple):
    """A hand-over as it stands. Moments are µs."""

    number: int
    person: int
    state: State
    member: int | None
    level: Level
    rule: str
    offered_at: int
    changed_at: int
    due_at: int | None
    paused_until: int | None
    fit: float | None
    engagement: float | None
    channel: str
    campaign: str
    reason: str
    note: str
    amount: Decimal | None
    currency: str
    merged_into: int | None


class Take(NamedTuple):
    """A member's turn."""

    member: int
    offered_at: int  # µs
    ended_at: int | None
    outcome: Outcome | None
    worked: int | None  # seconds of working time


class HandoverUnknown(Refused):
    """There is no such hand-over."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "handover.unknown",
            Sentence("There is no hand-over {number} here.", number=number),
            Sentence("Look at the queue."),
        )


class AssignmentChanged(Refused):
    """The settings of assignment are not what somebody saw."""

    def __init__(self) -> None:
        super().__init__(
            "handover.changed",
            Sentence("Somebody else changed the settings meanwhile."),
            Sentence("Look at theirs first."),
        )
