"""A rule asked of one person in memory: the plain reading, which `compile` has to agree with."""

from lianyi.rules.happening import happened
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
)
from lianyi.rules.passing import passes
from lianyi.rules.person import Came, Moment, Person


def holds(rule: Rule, person: Person, moment: Moment) -> bool:
    """Whether the rule holds for the person at this moment."""
    match rule:
        case AllOf():
            return all(holds(one, person, moment) for one in rule.rules)
        case AnyOf():
            return any(holds(one, person, moment) for one in rule.rules)
        case Not():
            return not holds(rule.rule, person, moment)
        case _:
            return _leaf(rule, person, moment)


def _leaf(leaf: Leaf, person: Person, moment: Moment) -> bool:
    match leaf:
        case Trait():
            return passes(leaf.is_, person.traits.get(leaf.trait), moment.today, moment.zone)
        case Tagged():
            return person.tags.get((leaf.dimension, leaf.tag), 0) > moment.now
        case Stage():
            return person.stage in leaf.one_of
        case Score():
            score = person.scores.get(leaf.axis)
            return score is not None and _between(score, leaf.at_least, leaf.at_most)
        case Graded():
            return person.grades.get(leaf.axis) in leaf.one_of
        case Warm():
            return person.warm in leaf.one_of
        case Consented():
            return (leaf.channel.lower(), leaf.purpose.lower()) in person.consents
        case Source():
            return any(_from(leaf, one) for one in _touches(leaf, person))
        case Identified():
            return leaf.by in person.identities
        case InSegment():
            return leaf.segment in person.segments
        case Did() | DidWhen() | DidSum() | DidThen():
            return happened(leaf, person.events, moment)


def _between(score: float, at_least: float | None, at_most: float | None) -> bool:
    return (at_least is None or score >= at_least) and (at_most is None or score <= at_most)


def _touches(leaf: Source, person: Person) -> tuple[Came, ...]:
    match leaf.touch:
        case "first":
            return person.touches[:1]
        case "last":
            return person.touches[-1:]
        case "any":
            return person.touches


def _from(leaf: Source, came: Came) -> bool:
    wanted = (leaf.channel, leaf.medium, leaf.campaign, leaf.code)
    return all(one is None or one == is_ for one, is_ in zip(wanted, came, strict=True))
