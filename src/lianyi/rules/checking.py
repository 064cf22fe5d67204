"""Whether a rule speaks of what there is: traits and their types, segments, tags, events.

What a workspace has to declare, a rule may not make up: an unknown trait or segment is an error at its place, never
"nobody". Tags and events come into being by being said, so one that nobody has said yet is a remark.
"""

from collections.abc import Container, Iterator, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from lianyi.kernel.sentences import Sentence
from lianyi.rules.nodes import (
    ANYTHING,
    AllOf,
    AnyOf,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    InSegment,
    Leaf,
    Not,
    Rule,
    Tagged,
    Trait,
)
from lianyi.rules.reading import Problem
from lianyi.rules.values import Equals, OneOf, Test

OF_SEGMENTS = frozenset({"segment.entered", "segment.left"})
KINDS = {
    "text": Sentence("text"),
    "number": Sentence("number"),
    "boolean": Sentence("boolean"),
    "date": Sentence("date"),
    "moment": Sentence("moment"),
    "list": Sentence("list"),
}
_FITS: dict[str, frozenset[str]] = {
    "known": frozenset(KINDS),
    "contains": frozenset({"text"}),
    "starts_with": frozenset({"text"}),
    "range": frozenset({"number"}),
    "dates": frozenset({"date", "moment"}),
    "from_today": frozenset({"date", "moment"}),
    "anniversary": frozenset({"date", "moment"}),
    "has": frozenset({"list"}),
}


class Vocabulary(NamedTuple):
    """What there is in a workspace."""

    traits: Mapping[str, str]  # name → kind
    segments: Container[int]
    tags: Container[tuple[str, str]]  # dimension, name
    events: Container[str]


class Checked(NamedTuple):
    """What makes a rule impossible, and what may be a slip."""

    errors: tuple[Problem, ...]
    remarks: tuple[Problem, ...]


def check(rule: Rule, vocabulary: Vocabulary) -> Checked:
    """Everything that the rule speaks of and that is not there, in the order of the places."""
    errors: list[Problem] = []
    remarks: list[Problem] = []
    for place, leaf in places(rule):
        match leaf:
            case Trait():
                errors += _trait(place, leaf, vocabulary)
            case InSegment() if leaf.segment not in vocabulary.segments:
                unknown = Sentence("There is no segment {number}.", number=leaf.segment)
                errors.append(Problem(_at(place, "segment"), "rule.segment", unknown))
            case Tagged() if (leaf.dimension, leaf.tag) not in vocabulary.tags:
                unused = Sentence("Nobody has the tag {tag!r} yet.", tag=leaf.tag)
                remarks.append(Problem(_at(place, "tag"), "rule.tag", unused))
            case Did() | DidWhen() | DidSum() | DidThen():
                for at, event in _events(place, leaf):
                    if event in OF_SEGMENTS:
                        errors.append(Problem(at, "rule.event", _OF_SEGMENTS))
                    elif event not in vocabulary.events and event != ANYTHING:
                        unseen = Sentence("No event {event!r} has come yet.", event=event)
                        remarks.append(Problem(at, "rule.event", unseen))
    return Checked(tuple(errors), tuple(remarks))


_OF_SEGMENTS = Sentence("Ask whether they are in the segment instead: rules about these events would go in circles.")


def places(rule: Rule, place: str = "") -> Iterator[tuple[str, Leaf]]:
    """The leaves of the tree with their places in its JSON."""
    match rule:
        case AllOf() | AnyOf():
            for number, one in enumerate(rule.rules):
                yield from places(one, f"{_at(place, 'rules')}[{number}]")
        case Not():
            yield from places(rule.rule, _at(place, "rule"))
        case _:
            yield place, rule


def _at(place: str, step: str) -> str:
    return f"{place}.{step}" if place else step


def _trait(place: str, leaf: Trait, vocabulary: Vocabulary) -> Iterator[Problem]:
    kind = vocabulary.traits.get(leaf.trait)
    if kind is None:
        near = get_close_matches(leaf.trait, list(vocabulary.traits), n=1)
        if near:
            unknown = Sentence("There is no trait {trait!r}; did you mean {near!r}?", trait=leaf.trait, near=near[0])
        else:
            unknown = Sentence("There is no trait {trait!r}.", trait=leaf.trait)
        yield Problem(_at(place, "trait"), "rule.trait", unknown)
        return
    fits = _fits(leaf.is_)
    if kind not in fits:
        wrong = Sentence(
            "{trait!r} is of the type {kind}; this test is for {kinds}.",
            trait=leaf.trait,
            kind=KINDS.get(kind) or kind,
            kinds=[KINDS[one] for one in KINDS if one in fits],
        )
        yield Problem(_at(place, "is"), "rule.type", wrong)


def _fits(test: Test) -> frozenset[str]:
    match test:
        case Equals():
            return frozenset({_kind_of(test.value)})
        case OneOf():
            kinds = frozenset(map(_kind_of, test.values))
            return kinds if len(kinds) == 1 else frozenset({"text", "number"})
        case _:
            return _FITS[test.test]


def _kind_of(value: object) -> str:
    return "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"


def _events(place: str, leaf: Did | DidWhen | DidSum | DidThen) -> Iterator[tuple[str, str]]:
    if isinstance(leaf, DidThen):
        yield _at(place, "first.event"), leaf.first.event
        yield _at(place, "then.event"), leaf.then.event
    else:
        yield _at(place, "event"), leaf.event
