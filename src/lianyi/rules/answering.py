"""Who answers a rule's leaves: the store that owns the fact. A set of people is a bitmap of their numbers."""

from typing import Protocol

from pyroaring import BitMap

from lianyi.rules.nodes import Leaf


class Answers(Protocol):
    """The facts of one workspace at one moment. What is handed out must not be changed."""

    def everybody(self) -> BitMap:
        """All people."""

    def answer(self, leaf: Leaf, within: BitMap | None) -> BitMap:
        """The people for whom the leaf holds; with `within`, those of them."""

    def moved_by_time(self, leaf: Leaf, since: int, until: int) -> BitMap:
        """The people for whom the answer may have changed from `since` to `until` (µs) by the passing of time alone;
        more than those does no harm.
        """
