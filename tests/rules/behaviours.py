"""Made-up behaviour for property tests: leaves, events with odd JSON, and moments at the edges of what is asked."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from lianyi.kernel.clock import DAY, HOUR, to_micros
from lianyi.rules.nodes import ANYTHING, Behaviour, Did, DidSum, DidThen, DidWhen, Pattern, Where, Within
from lianyi.rules.person import Moment
from lianyi.rules.values import Contains, Dates, Equals, FromToday, Known, OneOf, Range, StartsWith

NAMES = ("page.viewed", "Order 'Completed'", "订单", "handover.won")  # the last is no doing
PROPERTIES = ("total", "a~/b", 'quoted "\\', "it's", "dotted.name", "0", "*", "é")
TEXTS = ("", "5", "NaN", "true", "AbÉİß", "abÉİß", "zÜrich", "\x00", 'a"b\\', "😀\u2028", "null", "[1]", "%_", "+5")
NUMBERS = (5, 5.0, 0.1, 0.2, 0.3, -0.0, -3, 1e12, 9.5e12, 1e308, 2**70, 123456789.0000005, 5e-324)
ODD: tuple[Any, ...] = (None, [1], ["5"], {}, {"total": 5}, True, False)

# Days on which clocks change, or which a zone does not have.
MOMENTS = [
    Moment(to_micros(datetime(*when, tzinfo=UTC)), ZoneInfo(zone))
    for zone, when in (
        ("Asia/Shanghai", (2026, 5, 6, 1, 2, 3)),
        ("Europe/Berlin", (2026, 3, 29, 0, 30)),
        ("Europe/Berlin", (2026, 10, 25, 1, 0)),
        ("Asia/Beirut", (2026, 3, 28, 23, 0)),
        ("America/New_York", (2026, 11, 1, 6, 0)),
        ("Pacific/Apia", (2011, 12, 30, 12, 0)),
        ("America/Sao_Paulo", (2018, 11, 4, 15, 0)),
        ("America/Sao_Paulo", (2018, 2, 18, 15, 0)),
        ("America/St_Johns", (2010, 11, 7, 15, 0)),
        ("Asia/Shanghai", (1986, 5, 4, 6, 0)),
        ("Asia/Shanghai", (1991, 9, 15, 6, 0)),
        ("UTC", (2026, 1, 1)),
    )
]


class Done(NamedTuple):
    """A row of the events."""

    identity: int
    name: str
    at: int
    machine: bool
    raw: bytes


names = st.sampled_from((*NAMES, NAMES[0], ANYTHING))
moments = st.sampled_from(MOMENTS)
values = st.sampled_from(TEXTS + NUMBERS + ODD) | st.text(max_size=3) | st.floats(allow_nan=False, allow_infinity=False)
texts = st.sampled_from([text for text in TEXTS if text.strip("\x00")]) | st.text(  # a rule holds no NUL
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=2
)
numbers = st.sampled_from([float(number) for number in NUMBERS])
tests = (
    st.just(Known())
    | st.builds(Equals, value=texts | numbers | st.booleans())
    | st.builds(OneOf, values=st.lists(texts | numbers, min_size=1, max_size=3).map(tuple))
    | st.builds(Contains, text=texts)
    | st.builds(StartsWith, text=texts)
    | st.builds(Range, at_least=numbers, less_than=st.none() | numbers)
    | st.builds(Range, more_than=st.none() | numbers, at_most=numbers)
)
conditions = st.lists(
    st.builds(lambda named, test: Where(**{"property": named, "is": test}), st.sampled_from(PROPERTIES), tests),
    max_size=2,
).map(tuple)
_FEW = st.integers(-2, 2)


def leaves(moment: Moment) -> st.SearchStrategy[Behaviour]:
    """Leaves whose bounds lie near the moment."""
    days = _FEW.map(lambda away: moment.today + timedelta(away))
    dates = (
        st.builds(lambda one, other: Dates(from_on=min(one, other), to_on=max(one, other)), days, days)
        | st.builds(Dates, from_on=days | st.just(date.min))
        | st.builds(Dates, to_on=days | st.just(date.max))
    )
    during = st.none() | st.builds(Within, days=st.integers(1, 3)) | dates
    away = st.builds(lambda a, b: FromToday(from_days=min(a, b), to_days=max(a, b)), _FEW, _FEW) | st.builds(
        FromToday, to_days=_FEW
    )
    bounds = numbers | st.just(0.4) | st.just(10.0)
    return (
        st.builds(
            lambda least, more, **rest: Did(at_least=least, at_most=None if more is None else least + more, **rest),
            st.integers(1, 3),
            st.none() | st.integers(0, 1),
            event=names,
            during=during,
            where=conditions,
        )
        | st.builds(
            lambda test, **rest: DidWhen(**{"is": test}, **rest),
            dates | away,
            event=names,
            which=st.sampled_from(("first", "last")),
            where=conditions,
        )
        | st.builds(
            DidSum,
            event=names,
            property=st.sampled_from(PROPERTIES),
            at_least=bounds,
            at_most=st.none() | bounds,
            during=during,
            where=conditions,
        )
        | st.builds(
            DidThen,
            first=st.builds(Pattern, event=names, where=conditions),
            then=st.builds(Pattern, event=names, where=conditions),
            within_days=st.integers(1, 2),
            happened=st.booleans(),
            during=during,
        )
    )


def edges(moment: Moment) -> list[int]:
    """Moments at which an answer may change, and their neighbours."""
    now, zone = moment
    found = {now - days * DAY for days in range(5)}
    for away in range(-3, 4):
        day = datetime.combine(moment.today + timedelta(away), datetime.min.time(), zone)
        begins = to_micros(day.astimezone(UTC))
        found |= {begins, begins + HOUR // 2}  # where the clock is set back over midnight, that was yesterday too
    return sorted(at + step for at in found for step in (-1, 0, 1))


def histories(moment: Moment, leaf: Behaviour, identities: int = 4, most: int = 12) -> st.SearchStrategy[list[Done]]:
    """Events of some identities, 0 standing for none; most of them such that the leaf may look at them."""
    return st.lists(
        st.sampled_from((*_patterns(leaf), *_patterns(leaf), *_patterns(leaf), (NAMES[0], []))).flatmap(
            lambda pattern: st.builds(
                Done,
                identity=st.integers(0, identities) | st.integers(1, 2),
                name=st.sampled_from(NAMES) if pattern[0] == ANYTHING else st.just(pattern[0]),
                at=st.sampled_from(edges(moment)),
                machine=st.sampled_from([False] * 7 + [True]),
                raw=raws(pattern[1]),
            )
        ),
        max_size=most,
    )


def _patterns(leaf: Behaviour) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The names that the leaf asks for, each with properties that are likely to meet its conditions."""
    if isinstance(leaf, DidThen):
        return [(one.event, [_near(where) for where in one.where]) for one in (leaf.first, leaf.then)]
    near = [_near(where) for where in leaf.where]
    if isinstance(leaf, DidSum) and leaf.at_least is not None:
        return [(leaf.event, [*near, (leaf.property, part)]) for part in (leaf.at_least, leaf.at_least / 2, 0.1)]
    return [(leaf.event, near)]


def _near(where: Where) -> tuple[str, Any]:
    match where.is_:
        case Known():
            value: Any = False
        case Equals():
            value = where.is_.value
        case OneOf():
            value = where.is_.values[-1]
        case Contains():
            value = f"İ{where.is_.text}É"
        case StartsWith():
            value = f"{where.is_.text}Z"
        case Range():
            value = where.is_.at_least if where.is_.at_least is not None else where.is_.at_most
    return where.property, value.swapcase() if isinstance(value, str) and value.isascii() else value


def raws(near: list[tuple[str, Any]]) -> st.SearchStrategy[bytes]:
    """An event's JSON, in which a name may be stated twice; most with these properties."""
    pairs = st.lists(st.tuples(st.sampled_from(PROPERTIES), values), max_size=2)
    mixed = st.builds(
        lambda some, turn: some + near if turn == 0 else near + some if turn < 4 else some, pairs, st.integers(0, 4)
    )
    return st.builds(_written, mixed, st.booleans(), st.sampled_from((b"", b" ", b"\n\t")))


def _written(pairs: list[tuple[str, Any]], escaped: bool, space: bytes) -> bytes:
    def text(value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=escaped).encode()

    stated = b",".join(text(named) + space + b":" + space + text(value) for named, value in pairs)
    return b'{"total":7,%b"properties":{%b}%b,"messageId":"1"}' % (space, stated, space)


def merges(identities: int = 4) -> st.SearchStrategy[dict[int, int]]:
    """Identities that are part of another person, or of nobody."""
    return st.dictionaries(st.integers(2, identities), st.integers(0, 1), max_size=2)


def happenings_of(done: list[Done], person: int, moved: dict[int, int]) -> list[Done]:
    """What counts as the person's."""
    return [one for one in done if one.identity and not one.machine and moved.get(one.identity, one.identity) == person]
