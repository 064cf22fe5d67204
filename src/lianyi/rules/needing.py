"""What a rule depends on: whose change may change its answer."""

from collections.abc import Iterator
from typing import NamedTuple, assert_never

from lianyi.rules.nodes import (
    AllOf,
    AnyOf,
    Consented,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    Graded,
    Identified,
    InSegment,
    Leaf,
    Not,
    Rule,
    Score,
    Source,
    Stage,
    Tagged,
    Trait,
    Warm,
    Within,
)
from lianyi.rules.values import Anniversary, FromToday


class Needs(NamedTuple):
    """Facts by name; `events` has "*" where an event of any name counts."""

    traits: frozenset[str]
    tags: frozenset[tuple[str, str]]  # dimension, name
    consents: frozenset[tuple[str, str]]  # channel, purpose
    touches: frozenset[str]  # first, last, any
    identities: frozenset[str]  # kinds
    scores: frozenset[str]  # axes
    events: frozenset[str]
    segments: frozenset[int]
    stage: bool
    time: bool  # whether time alone can change the answer


def leaves(rule: Rule) -> Iterator[Leaf]:
    """The leaves of the tree from left to right, repeated ones included."""
    match rule:
        case AllOf() | AnyOf():
            for one in rule.rules:
                yield from leaves(one)
        case Not():
            yield from leaves(rule.rule)
        case _:
            yield rule


def needs(rule: Rule) -> Needs:
    """Everything that the rule's leaves ask for."""
    every = list(leaves(rule))
    return Needs(
        traits=frozenset(leaf.trait for leaf in every if isinstance(leaf, Trait)),
        tags=frozenset((leaf.dimension, leaf.tag) for leaf in every if isinstance(leaf, Tagged)),
        consents=frozenset((leaf.channel, leaf.purpose) for leaf in every if isinstance(leaf, Consented)),
        touches=frozenset(leaf.touch for leaf in every if isinstance(leaf, Source)),
        identities=frozenset(leaf.by for leaf in every if isinstance(leaf, Identified)),
        scores=frozenset(axis for leaf in every for axis in _axes(leaf)),
        events=frozenset(name for leaf in every for name in _events(leaf)),
        segments=frozenset(leaf.segment for leaf in every if isinstance(leaf, InSegment)),
        stage=any(isinstance(leaf, Stage) for leaf in every),
        time=any(moved_by_time(leaf) for leaf in every),
    )


def moved_by_time(leaf: Leaf) -> bool:
    """Whether the leaf's answer can change though nothing happens. A tag may expire, and engagement fades."""
    match leaf:
        case Trait():
            return isinstance(leaf.is_, FromToday | Anniversary)
        case Did() | DidSum():
            return isinstance(leaf.during, Within)
        case DidWhen():
            return isinstance(leaf.is_, FromToday)
        case DidThen():
            return not leaf.happened or isinstance(leaf.during, Within)
        case Score() | Graded():
            return leaf.axis == "engagement"
        case Tagged() | Warm():
            return True
        case Stage() | Consented() | Source() | Identified() | InSegment():
            return False
        case _:
            assert_never(leaf)


def _events(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Did() | DidWhen() | DidSum():
            return (leaf.event,)
        case DidThen():
            return (leaf.first.event, leaf.then.event)
        case _:
            return ()


def _axes(leaf: Leaf) -> tuple[str, ...]:
    match leaf:
        case Score() | Graded():
            return (leaf.axis,)
        case Warm():
            return ("fit", "engagement")
        case _:
            return ()
