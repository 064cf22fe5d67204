"""Grouping: which identities are one person, as a pure function of the set of facts.

Kruskal's way: links are heard one after another, a member's merges first, then strong links, then weak ones, each in
order of their own time and then of event. A link joins the groups of its two ends unless the joined group would hold
two different strong identities of one kind and scope (only a member may say that), or what a member keeps apart; then
it is left out. Order of arrival plays no part, and neither does a link that says again what one heard before it said.

Three things follow, on which the incremental way stands (`regrouping`); all rest on constraints only ever growing:

* Two groups that share no strong kind and scope and are not kept apart: a new link between them unites exactly these
  two, wherever it stands in the order. A link inside one group changes nothing.
* In a group, the strong identities of one kind and scope are joined by merges alone.
* A link that was left out has its ends in different groups.
"""

from collections.abc import Iterable, Mapping, Set
from enum import IntEnum
from typing import NamedTuple, TypeVar

Held = TypeVar("Held")


class Strength(IntEnum):
    """Who says that two identities are one person; links are heard in this order."""

    MERGE = 0  # a member
    STRONG = 1  # a sender who vouches for both
    WEAK = 2  # anything else


class Identity(NamedTuple):
    """What grouping needs to know of an identity."""

    kind: str
    scope: str
    strong: bool


class Link(NamedTuple):
    """A fact: `a` and `b` (numbers, a < b) were stated together."""

    a: int
    b: int
    strength: Strength
    occurred_at: int
    event_id: bytes
    ordinal: int = 0  # of the claim in its event: one event can link several


class KeptApart(NamedTuple):
    """A fact: no identity of `left` is the same person as any of `right`, whatever else is said."""

    left: frozenset[int]
    right: frozenset[int]


class Grouping(NamedTuple):
    """`person` maps each identity to the smallest number of its group; `left_out` are the links that joined nothing
    because they must not; `reached` are identities outside the region that a link would now join.
    """

    person: dict[int, int]
    left_out: frozenset[Link]
    reached: frozenset[int]


def order(link: Link) -> tuple[int, int, bytes, int]:
    """The order in which links are heard; what follows the event is never needed twice."""
    return link.strength, link.occurred_at, link.event_id, link.ordinal


def group(
    identities: Mapping[int, Identity],
    links: Iterable[Link],
    apart: Iterable[KeptApart] = (),
    outside: Set[int] = frozenset(),
) -> Grouping:
    """The groups of `identities`; every end of a link is one of them.

    Identities of `outside` are judged as they stand alone and are joined to nothing: a link to one of them that must
    not be followed is left out for certain, since its group is no less constrained than it; any other is `reached`.
    """
    spaces = {number: {one[:2]} for number, one in identities.items() if one.strong}
    forest = Forest(identities, spaces, sides_of(apart))
    left_out, reached = set(), set()
    for link in sorted(links, key=order):
        first, second = forest.root(link.a), forest.root(link.b)
        if first == second:
            continue
        if forest.forbids(first, second, link.strength):
            left_out.add(link)
        elif link.a in outside or link.b in outside:
            reached.update({link.a, link.b} & outside)
        else:
            forest.join(first, second)
    person = {number: forest.root(number) for number in identities if number not in outside}
    return Grouping(person, frozenset(left_out), frozenset(reached))


def questions(left_out: Iterable[Link], apart: Iterable[KeptApart]) -> set[tuple[int, int]]:
    """The pairs of identities about which a member is to be asked: vouched for, left out, and not yet answered, that
    is, not on the two sides of one thing kept apart.
    """
    asked = {(link.a, link.b) for link in left_out if link.strength != Strength.WEAK}
    if not asked:
        return asked
    for left, right in apart:
        asked = {(a, b) for a, b in asked if not ((a in left and b in right) or (a in right and b in left))}
    return asked


def sides_of(apart: Iterable[KeptApart]) -> dict[int, set[int]]:
    """For each identity that is kept apart from others the sides it stands on; `side ^ 1` is the opposite one."""
    sides: dict[int, set[int]] = {}
    for index, (left, right) in enumerate(apart):
        for side, numbers in ((2 * index, left), (2 * index + 1, right)):
            for number in numbers:
                sides.setdefault(number, set()).add(side)
    return sides


class Forest:
    """Disjoint sets with the smallest number as root, and for each root what its group must not meet again.

    `spaces`, the kinds and scopes of the strong identities of each, and `sides` become the forest's own.
    """

    def __init__(
        self, numbers: Iterable[int], spaces: dict[int, set[tuple[str, str]]], sides: dict[int, set[int]]
    ) -> None:
        self._parent = {number: number for number in numbers}
        self._spaces = spaces
        self._sides = sides

    def root(self, number: int) -> int:
        """The smallest number of the group."""
        parent = self._parent
        while (above := parent[number]) != number:
            parent[number] = number = parent[above]
        return number

    def forbids(self, first: int, second: int, strength: Strength) -> bool:
        """Whether a link of this strength must not join the groups of two roots."""
        mine, theirs = self._sides.get(first), self._sides.get(second)
        if mine and theirs and any(side ^ 1 in theirs for side in mine):
            return True
        if strength == Strength.MERGE:
            return False
        spaces, others = self._spaces.get(first), self._spaces.get(second)
        return bool(spaces and others and not spaces.isdisjoint(others))

    def join(self, first: int, second: int) -> None:
        """Makes one group of the groups of two roots."""
        root, child = (first, second) if first < second else (second, first)
        self._parent[child] = root
        _pour(self._spaces, child, root)
        _pour(self._sides, child, root)


def _pour(held: dict[int, set[Held]], child: int, root: int) -> None:
    """Gives the child's set to the root, the smaller into the larger."""
    poured = held.pop(child, None)
    if poured is None:
        return
    kept = held.get(root)
    if kept is None:
        held[root] = poured
    elif len(kept) < len(poured):
        poured |= kept
        held[root] = poured
    else:
        kept |= poured
