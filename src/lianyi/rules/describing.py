"""A rule in plain words: one sentence, which doors tell in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import reduce
from typing import NamedTuple, assert_never

from lianyi.kernel.sentences import Sentence
from lianyi.rules.nodes import (
    ANYTHING,
    AllOf,
    AnyOf,
    Consented,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    During,
    Graded,
    Identified,
    InSegment,
    Leaf,
    Not,
    Pattern,
    Rule,
    Score,
    Source,
    Stage,
    Tagged,
    Trait,
    Warm,
    Where,
    Within,
)
from lianyi.rules.values import (
    Anniversary,
    Contains,
    Dates,
    Equals,
    FromToday,
    Has,
    Known,
    OneOf,
    Range,
    StartsWith,
    Test,
)

_SHOWN = 5  # values of a list


class Names(NamedTuple):
    """What people call things; what is not there is called by its own name or number."""

    traits: Mapping[str, str | Sentence] = {}
    events: Mapping[str, str | Sentence] = {}
    segments: Mapping[int, str] = {}
    channels: Mapping[str, str] = {}  # of sources


def describe(rule: Rule, names: Names = Names()) -> Sentence:  # noqa: B008  immutable
    """The rule as one sentence without a full stop."""
    match rule:
        case AllOf():
            return reduce(_and, [_inside(one, names) for one in rule.rules])
        case AnyOf():
            return reduce(_or, [_inside(one, names) for one in rule.rules])
        case Not():
            return _not(rule.rule, names)
        case _:
            return _leaf(rule, names)


def _inside(rule: Rule, names: Names) -> Sentence:
    """As a part of another: a group of several in brackets."""
    told = describe(rule, names)
    return Sentence("({inner})", inner=told) if isinstance(rule, AllOf | AnyOf) and len(rule.rules) > 1 else told


def _and(one: Sentence, other: Sentence) -> Sentence:
    return Sentence("{one} and {other}", one=one, other=other)


def _or(one: Sentence, other: Sentence) -> Sentence:
    return Sentence("{one} or {other}", one=one, other=other)


def _not(rule: Rule, names: Names) -> Sentence:
    match rule:
        case Tagged():
            return Sentence("does not have the tag {tag!r}", tag=rule.tag)
        case InSegment():
            return Sentence("is not in the segment {segment!r}", segment=_segment(rule, names))
        case Identified():
            return Sentence("has no {kind}", kind=_KINDS.get(rule.by) or rule.by)
        case Did(at_least=1, at_most=None):
            return Sentence(
                "did not do {what}{when}", what=_pattern(rule.event, rule.where, names), when=_when(rule.during)
            )
        case Trait(is_=Known()):
            return Sentence("{trait} is not known", trait=_trait(rule.trait, names))
        case _:
            return Sentence("not: {inner}", inner=_inside(rule, names))


def _leaf(leaf: Leaf, names: Names) -> Sentence:
    match leaf:
        case Trait():
            return _passes(_trait(leaf.trait, names), leaf.is_)
        case Tagged():
            return Sentence("has the tag {tag!r}", tag=leaf.tag)
        case Stage():
            return Sentence("stands in the stage {stages}", stages=_any_of([STAGES[one] for one in leaf.one_of]))
        case Score():
            return _bounded(AXES[leaf.axis], leaf.at_least, leaf.at_most)
        case Graded():
            return Sentence("{axis} is graded {grades}", axis=AXES[leaf.axis], grades=_any_of(leaf.one_of))
        case Warm():
            return Sentence("is {states}", states=_any_of([STATES[one] for one in leaf.one_of]))
        case Consented():
            purpose, channel = _PURPOSES.get(leaf.purpose), _CHANNELS.get(leaf.channel)
            return Sentence(
                "allows {purpose} by {channel}", purpose=purpose or leaf.purpose, channel=channel or leaf.channel
            )
        case Source():
            return _TOUCHES[leaf.touch](_source(leaf, names))
        case Identified():
            kind = _KINDS.get(leaf.by) or leaf.by
            return Sentence("has an {kind}", kind=kind) if leaf.by in _AN else Sentence("has a {kind}", kind=kind)
        case InSegment():
            return Sentence("is in the segment {segment!r}", segment=_segment(leaf, names))
        case Did() | DidWhen() | DidSum() | DidThen():
            return _behaviour(leaf, names)
        case _:
            assert_never(leaf)


def _behaviour(leaf: Did | DidWhen | DidSum | DidThen, names: Names) -> Sentence:
    match leaf:
        case Did():
            return Sentence(
                "did {what}{times}{when}",
                what=_pattern(leaf.event, leaf.where, names),
                times=_times(leaf.at_least, leaf.at_most),
                when=_when(leaf.during),
            )
        case DidWhen():
            what = _pattern(leaf.event, leaf.where, names)
            if leaf.which == "first":
                return Sentence("did {what} first {day}", what=what, day=_day(leaf.is_))
            return Sentence("did {what} last {day}", what=what, day=_day(leaf.is_))
        case DidSum():
            total = Sentence(
                "the sum of {property!r} over {what}{when}",
                property=leaf.property,
                what=_pattern(leaf.event, leaf.where, names),
                when=_when(leaf.during),
            )
            return _bounded(total, leaf.at_least, leaf.at_most)
        case DidThen():
            parts = {
                "first": _of(leaf.first, names),
                "then": _of(leaf.then, names),
                "span": _days(leaf.within_days),
                "when": _when(leaf.during),
            }
            if leaf.happened:
                return Sentence("did {first}{when}, and within {span} after that {then}", **parts)
            return Sentence("did {first}{when}, and within {span} after that not {then}", **parts)


def _of(pattern: Pattern, names: Names) -> Sentence:
    return _pattern(pattern.event, pattern.where, names)


def _pattern(event: str, where: Sequence[Where], names: Names) -> Sentence:
    what = Sentence("anything") if event == ANYTHING else _quoted(names.events.get(event) or event)
    if not where:
        return what
    conditions = [_passes(_quoted(one.property), one.is_) for one in where]
    return Sentence("{what} (where {conditions})", what=what, conditions=reduce(_and, conditions))


def _times(at_least: int, at_most: int | None) -> Sentence:
    if at_most is None:
        return Sentence("") if at_least == 1 else Sentence(" at least {times} times", times=at_least)
    if at_least == at_most == 1:
        return Sentence(" exactly once")
    if at_least == at_most:
        return Sentence(" exactly {times} times", times=at_least)
    return Sentence(" {least} to {most} times", least=at_least, most=at_most)


def _when(during: During | None) -> Sentence:
    match during:
        case None:
            return Sentence("")
        case Within():
            return Sentence(" in the last {span}", span=_days(during.days))
        case Dates():
            return Sentence(" {dates}", dates=_dates(during))


def _dates(dates: Dates) -> Sentence:
    if dates.to_on is None:
        return Sentence("from {day} on", day=dates.from_on)
    if dates.from_on is None:
        return Sentence("up to {day}", day=dates.to_on)
    if dates.from_on == dates.to_on:
        return Sentence("on {day}", day=dates.to_on)
    return Sentence("from {first} to {last}", first=dates.from_on, last=dates.to_on)


def _day(test: Dates | FromToday | Anniversary) -> Sentence:
    match test:
        case Dates():
            return Sentence("{dates}", dates=_dates(test))
        case Anniversary():
            return Sentence("with its anniversary within {span}", span=_days(test.within_days))
    match test.from_days, test.to_days:
        case None, to_days:
            return Sentence("{day} or earlier", day=_away(to_days or 0))
        case from_days, None:
            return Sentence("{day} or later", day=_away(from_days or 0))
        case from_days, 0 if from_days:
            return Sentence("in the last {span}", span=_days(-from_days))
        case 0, to_days if to_days:
            return Sentence("in the next {span}", span=_days(to_days))
        case from_days, to_days if from_days == to_days:
            return _away(to_days or 0)
        case from_days, to_days:
            return Sentence("between {first} and {last}", first=_away(from_days or 0), last=_away(to_days or 0))


def _away(days: int) -> Sentence:
    if days == 0:
        return Sentence("today")
    span = _days(abs(days))
    return Sentence("{span} ago", span=span) if days < 0 else Sentence("{span} from now", span=span)


def _days(days: int) -> Sentence:
    return Sentence("1 day") if days == 1 else Sentence("{days} days", days=days)


def _passes(what: str | Sentence, test: Test) -> Sentence:
    match test:
        case Known():
            return Sentence("{what} is known", what=what)
        case Equals():
            return Sentence("{what} is {value}", what=what, value=_value(test.value))
        case OneOf():
            return Sentence("{what} is {values}", what=what, values=_any_of(list(map(_value, test.values))))
        case Contains():
            return Sentence("{what} contains {text!r}", what=what, text=test.text)
        case StartsWith():
            return Sentence("{what} begins with {text!r}", what=what, text=test.text)
        case Has():
            return Sentence("{what} has {values}", what=what, values=_any_of(list(map(_value, test.values))))
        case Range():
            return _in_range(what, test)
        case Dates() | FromToday() | Anniversary():
            return Sentence("{what} lies {day}", what=what, day=_day(test))


def _in_range(what: str | Sentence, test: Range) -> Sentence:
    bounds = [
        Sentence("{what} is at least {bound:g}", what=what, bound=test.at_least) if test.at_least is not None else None,
        Sentence("{what} is more than {bound:g}", what=what, bound=test.more_than)
        if test.more_than is not None
        else None,
        Sentence("{what} is at most {bound:g}", what=what, bound=test.at_most) if test.at_most is not None else None,
        Sentence("{what} is less than {bound:g}", what=what, bound=test.less_than)
        if test.less_than is not None
        else None,
    ]
    return reduce(_and, [bound for bound in bounds if bound is not None])


def _bounded(what: Sentence, at_least: float | None, at_most: float | None) -> Sentence:
    return _in_range(what, Range(at_least=at_least, at_most=at_most))


def _source(leaf: Source, names: Names) -> Sentence:
    channel = None if leaf.channel is None else names.channels.get(leaf.channel, leaf.channel)
    parts = (channel, leaf.medium, leaf.campaign, leaf.code)
    return Sentence("{parts}", parts=[part for part in parts if part is not None])


_TOUCHES = {
    "first": lambda source: Sentence("came first from {source}", source=source),
    "last": lambda source: Sentence("came last from {source}", source=source),
    "any": lambda source: Sentence("came from {source}", source=source),
}


def _value(value: object) -> str | Sentence:
    match value:
        case bool():
            return Sentence("yes") if value else Sentence("no")
        case str():
            return _quoted(value)
        case int() | float():
            return Sentence("{number:.15g}", number=value)
        case date():
            return value.isoformat()
        case _:
            return str(value)


def _quoted(text: str | Sentence) -> Sentence:
    return text if isinstance(text, Sentence) else Sentence("{text!r}", text=text)


def _any_of(values: Sequence[str | Sentence]) -> Sentence:
    shown = list(values[:_SHOWN])
    if len(values) > _SHOWN:
        return Sentence("{shown} or {more} others", shown=shown, more=len(values) - _SHOWN)
    if len(shown) == 1:
        return Sentence("{value}", value=shown[0])
    return Sentence("{shown} or {last}", shown=shown[:-1], last=shown[-1])


def _trait(name: str, names: Names) -> str | Sentence:
    return names.traits.get(name) or name


def _segment(leaf: InSegment, names: Names) -> str:
    return names.segments.get(leaf.segment) or str(leaf.segment)


AXES = {
    "fit": Sentence("fit"),
    "engagement": Sentence("engagement"),
    "likelihood": Sentence("likelihood"),
}
STATES = {
    "hot": Sentence("hot"),
    "nurture": Sentence("to be nurtured"),
    "watch": Sentence("to be watched"),
    "invalid": Sentence("invalid"),
}
STAGES = {
    "prospect": Sentence("prospect"),
    "intent": Sentence("intent"),
    "first_purchase": Sentence("first purchase"),
    "repeat": Sentence("repeat"),
    "dormant": Sentence("dormant"),
    "won_back": Sentence("won back"),
}
_KINDS = {
    "phone": Sentence("phone number"),
    "email": Sentence("e-mail address"),
    "openid": Sentence("openid"),
    "unionid": Sentence("unionid"),
    "cookie": Sentence("cookie"),
    "crm_id": Sentence("CRM id"),
}
_AN = frozenset({"email", "openid"})  # that English says "an" of
_CHANNELS = {
    "email": Sentence("e-mail"),
    "sms": Sentence("text message"),
    "wechat": Sentence("WeChat"),
    "phone": Sentence("phone call"),
    "push": Sentence("push notification"),
}
_PURPOSES = {
    "marketing": Sentence("marketing"),
    "service": Sentence("service messages"),
    "research": Sentence("research"),
}
