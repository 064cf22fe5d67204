"""Answers about people's facts, and about who is in which segment."""

from collections.abc import Callable

from pyroaring import BitMap

from lianyi.audience.facts import Facts
from lianyi.audience.segments.queries import members
from lianyi.events.schemas import Batch
from lianyi.rules.answering import Answers
from lianyi.rules.needing import leaves
from lianyi.rules.nodes import InSegment, Leaf, Rule


def answers_to(workspace: int, rule: Rule, now: int, fresh: Batch | None = None) -> "WithSegments":
    """Who answers this rule at the moment `now` (µs), segments as they stand; `fresh` is as `Facts` has it."""
    return WithSegments(Facts(workspace, now, leaves(rule), fresh=fresh), lambda number: members(workspace, number))


class WithSegments:
    """`facts`, and of a segment its `members`."""

    def __init__(self, facts: Answers, members: Callable[[int], BitMap]) -> None:
        self._facts = facts
        self._members = members

    def everybody(self) -> BitMap:
        """All people."""
        return self._facts.everybody()

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds."""
        if not isinstance(leaf, InSegment):
            return self._facts.answer(leaf, within)
        members = self._members(leaf.segment)
        return members if within is None else members & within

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        """Whom time moved; a segment that time moves says so itself."""
        return BitMap() if isinstance(leaf, InSegment) else self._facts.moved_by_time(leaf, since, until)
