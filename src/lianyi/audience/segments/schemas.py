"""What segments say to others."""

from enum import StrEnum
from typing import NamedTuple

from pyroaring import BitMap

from lianyi.kernel.errors import Refused
from lianyi.kernel.sentences import Sentence
from lianyi.rules.nodes import Rule

NAME_CHARACTERS = 100
NOTE_CHARACTERS = 1_000


class Kind(StrEnum):
    """How a segment comes to its members."""

    LIVE = "live"
    SNAPSHOT = "snapshot"
    LIST = "list"


class State(StrEnum):
    """Whether the members are right."""

    BUILDING = "building"  # they are still to be found for this rule
    CURRENT = "current"
    BROKEN = "broken"  # the rule cannot be answered any more; they are those of before


class Cause(StrEnum):
    """Why members changed."""

    RULE = "rule"  # it was written or rewritten
    FACTS = "facts"  # something happened
    TIME = "time"  # it passed
    IDENTITY = "identity"  # people became one, or one became two
    MEMBER = "member"  # somebody put in or took out whom they chose


class Segment(NamedTuple):
    """A definition, and how many it has."""

    number: int
    name: str
    note: str
    kind: Kind
    state: State
    rule: Rule | None
    edition: int
    size: int
    created_at: int  # µs
    changed_at: int
    actor: str
    problem: Refused | None


class Change(NamedTuple):
    """Who entered and left at one moment, and of how many it left the segment."""

    number: int
    at: int  # µs
    cause: Cause
    entered: BitMap
    left: BitMap
    size: int


class Part(NamedTuple):
    """How many are in all of these segments, and in none of the others that were asked about."""

    inside: tuple[int, ...]
    people: int


class Uploaded(NamedTuple):
    """The file of a list: how many rows were looked up, and which meant nobody, from row to row."""

    rows: int
    missing: int
    missed: tuple[tuple[int, int], ...]
    done: bool


class SegmentUnknown(Refused):
    """There is no such segment."""

    def __init__(self, number: int) -> None:
        super().__init__(
            "segment.unknown",
            Sentence("There is no segment {number} here.", number=number),
            Sentence("Look at the list of segments."),
        )
