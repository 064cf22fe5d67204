"""Who did it: the leaves about behaviour as one Ibis expression each, the same for DuckDB and for Spark.

An expression reads two relations. `events` has the lake's columns identity, name, occurred_at, machine and raw; `moved`
{identity, person} says which identities are part of another person (0: of nobody), all others being their own. It
gives {person}. What machines did and what nobody did is left out.

Four functions are the engine's own, since no two engines read JSON alike: `property_stated` of an event's JSON and a
property's name gives what the engine likes, of which `stated_text`, `stated_number` and `stated_truth` are the value
where it is of that kind, else null. `engines` has them.

Bounds in time are `Span`s, so that one compiled text serves at every moment. Ibis is imported when the first
expression is made.
"""

import re
import secrets
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, NamedTuple

from lianyi.kernel.clock import DAY
from lianyi.rules.happening import MILLION, MOST, sum_bounds
from lianyi.rules.nodes import (
    ANYTHING,
    NO_DOING,
    Behaviour,
    Conditions,
    Did,
    DidSum,
    DidThen,
    DidWhen,
    Pattern,
    Where,
    Within,
)
from lianyi.rules.passing import folded
from lianyi.rules.person import Moment
from lianyi.rules.spans import Span, span_of
from lianyi.rules.values import Contains, Equals, Known, OneOf, PropertyTest, Range, StartsWith

EVENTS = {"identity": "int64", "name": "string", "occurred_at": "int64", "machine": "boolean", "raw": "string"}
MOVED = {"identity": "int64", "person": "int64"}
_MICROS = "decimal(38, 0)"
# Stand for the span and the names of events in a compiled text; drawn by lot, so that no rule's own text has them.
_LOT = secrets.randbits(60)
_SPAN = Span(-(2**61) - _LOT, 2**61 + _LOT)
_NAMES = (f"first-{_LOT}", f"then-{_LOT}")
_HOLES = re.compile("|".join([str(_SPAN.start), str(_SPAN.end), *(f"'{name}'" for name in _NAMES)]))


def people_who(leaf: Behaviour, events: Any, moved: Any, span: Span) -> Any:
    """{person}: the people for whom the leaf holds, its span being `span`, each once."""
    if isinstance(leaf, DidThen):
        return _who_then(leaf, events, moved, span)
    if isinstance(leaf, DidWhen):
        return _who_when(leaf, matching(events, leaf.event, leaf.where), moved, span)
    done = counted(leaf, events, span)
    if isinstance(leaf, DidSum):
        return _who_sum(leaf, done, moved)
    times = _of_persons(done.group_by("identity").agg(times=done.count()), moved)
    times = times.group_by("person").agg(times=times.times.sum())
    times = times.filter(times.times >= leaf.at_least)
    if leaf.at_most is not None:
        times = times.filter(times.times <= leaf.at_most)
    return times.select("person")


def counted(leaf: Did | DidSum, events: Any, span: Span) -> Any:
    """The events that the leaf counts or adds up."""
    done = matching(events, leaf.event, leaf.where)
    return done if leaf.during is None else _inside(done, done.occurred_at, span)


def matching(events: Any, name: str, where: Conditions) -> Any:
    """The events of this name that meet the conditions and that somebody did."""
    kept = [events.identity > 0, ~events.machine, called(events.name, name)]
    return events.filter(*kept, *(meeting(events.raw, one) for one in where))


def called(names: Any, name: str) -> Any:
    """Whether an event's name is this one, or counts as any."""
    return ~names.isin(sorted(NO_DOING)) if name == ANYTHING else names == name


def meeting(raw: Any, condition: Where) -> Any:
    """Whether an event with this JSON meets the condition; null counts as not."""
    return passing(stated(raw, condition.property), condition.is_)


def stated(raw: Any, named: str) -> Any:
    """What an event's JSON states of a property, as the engine has it."""
    return _engine().property_stated(raw, named)


def number_in(what: Any) -> Any:
    """The number that is stated, null where it is none."""
    return _engine().stated_number(what)


def passing(what: Any, test: PropertyTest) -> Any:
    """Whether what is stated passes the test; null counts as not."""
    import ibis

    engine = _engine()
    text, number, truth = engine.stated_text(what), engine.stated_number(what), engine.stated_truth(what)
    match test:
        case Known():
            return text.notnull() | number.notnull() | truth.notnull()
        case Equals(value=value):
            return _equal(text, number, truth, value)
        case OneOf(values=values):
            words = [folded(one) for one in values if isinstance(one, str)]
            numbers = [_double(one) for one in values if not isinstance(one, str)]
            either = ([text.isin(words)] if words else []) + ([number.isin(numbers)] if numbers else [])
            return ibis.or_(*(one.fill_null(False) for one in either))
        case Contains(text=part):
            return text.contains(folded(part))
        case StartsWith(text=part):
            return text.startswith(folded(part))
        case Range() as bounds:
            return _between(number, bounds)


def _equal(text: Any, number: Any, truth: Any, value: object) -> Any:
    if isinstance(value, str):
        return text == folded(value)
    if isinstance(value, bool):
        return truth if value else ~truth
    return number == _double(float(value))  # type: ignore[arg-type]


def _between(number: Any, bounds: Range) -> Any:
    import ibis

    found = []
    if bounds.at_least is not None:
        found.append(number >= _double(bounds.at_least))
    if bounds.more_than is not None:
        found.append(number > _double(bounds.more_than))
    if bounds.at_most is not None:
        found.append(number <= _double(bounds.at_most))
    if bounds.less_than is not None:
        found.append(number < _double(bounds.less_than))
    return ibis.and_(*found)


def _double(value: float) -> Any:
    import ibis

    # As text, since engines read digits with a point as a decimal first.
    return ibis.literal(repr(float(value))).cast("float64")


# What is counted or added up is so by identity first: there are fewer of them than events to look up whose they are.


def _who_when(leaf: DidWhen, done: Any, moved: Any, span: Span) -> Any:
    def extreme(at: Any) -> Any:
        return at.min() if leaf.which == "first" else at.max()

    when = _of_persons(done.group_by("identity").agg(at=extreme(done.occurred_at)), moved)
    when = when.group_by("person").agg(at=extreme(when["at"]))
    return _inside(when, when["at"], span).select("person")


def _who_sum(leaf: DidSum, done: Any, moved: Any) -> Any:
    number = number_in(stated(done.raw, leaf.property))
    done = done.select("identity", number=number)
    done = done.filter(done.number.notnull())
    micros = (done.number.clip(_double(-MOST), _double(MOST)) * MILLION + _double(0.5)).floor()
    summed = done.group_by("identity").agg(total=micros.cast("int64").cast(_MICROS).sum())
    summed = _of_persons(summed, moved)
    summed = summed.group_by("person").agg(total=summed.total.sum())
    low, high = sum_bounds(leaf)
    if low is not None:
        summed = summed.filter(summed.total >= _whole(low))
    if high is not None:
        summed = summed.filter(summed.total <= _whole(high))
    return summed.select("person")


def _whole(value: int) -> Any:
    import ibis

    return ibis.literal(str(value)).cast(_MICROS)


def _who_then(leaf: DidThen, events: Any, moved: Any, span: Span) -> Any:
    def of(pattern: Pattern) -> Any:
        done = matching(events, pattern.event, pattern.where)
        return _of_persons(done.select("identity", "occurred_at"), moved)

    first = of(leaf.first)
    if leaf.during is not None or not leaf.happened:
        first = _inside(first, first.occurred_at, span)
    first = first.select("person", at=first.occurred_at)
    then = of(leaf.then)
    then = then.select(who=then.person, later=then.occurred_at)
    near = [first.person == then.who, then.later > first["at"], then.later <= first["at"] + leaf.within_days * DAY]
    return (first.semi_join if leaf.happened else first.anti_join)(then, near).select("person").distinct()


def _of_persons(done: Any, moved: Any) -> Any:
    """The same events with the person whose they are."""
    import ibis

    moved = moved.select(part=moved.identity, whole=moved.person)
    joined = done.left_join(moved, done.identity == moved.part)
    joined = joined.mutate(person=ibis.coalesce(joined.whole, joined.identity))
    return joined.filter(joined.person > 0)


def _inside(relation: Any, at: Any, span: Span) -> Any:
    return relation.filter(at >= span.start, at < span.end)


class _Engine(NamedTuple):
    """The engine's functions, as Ibis calls them."""

    property_stated: Any
    stated_text: Any
    stated_number: Any
    stated_truth: Any


@cache
def _engine() -> _Engine:
    import ibis

    def of_a_property(said: str, named: str) -> None:
        """Ibis asks for a function; what is called is the engine's."""

    def of_what(what: str) -> None:
        """The same."""

    kinds = {"stated_text": "string", "stated_number": "float64", "stated_truth": "boolean"}
    builtin = ibis.udf.scalar.builtin
    return _Engine(
        builtin(of_a_property, name="property_stated", signature=(("string", "string"), "string")),
        *(builtin(of_what, name=name, signature=(("string",), kind)) for name, kind in kinds.items()),
    )


def question(leaf: Behaviour, moment: Moment) -> str:
    """DuckDB's SQL for the leaf at this moment, over relations named `events` and `moved`."""
    return _filled(_people_asked(_shape(leaf)), leaf, moment)


def counting(leaf: Did, moment: Moment) -> str:
    """DuckDB's SQL for who did each event that the leaf counts: {identity}, over a relation named `events`."""
    shape = _shape(leaf)
    assert isinstance(shape, Did)
    return _filled(_events_asked(shape), leaf, moment)


def _filled(text: str, leaf: Behaviour, moment: Moment) -> str:
    names = (leaf.first.event, leaf.then.event) if isinstance(leaf, DidThen) else (leaf.event,)
    span = span_of(leaf, moment)
    values = {str(_SPAN.start): str(span.start), str(_SPAN.end): str(span.end)}
    for hole, name in zip(_NAMES, names, strict=False):
        values[f"'{hole}'"] = "'" + name.replace("'", "''") + "'"
    return _HOLES.sub(lambda hole: values[hole[0]], text)


def _shape(leaf: Behaviour) -> Behaviour:
    """The leaf without its moments and the names of its events: leaves of one shape share a compiled text."""

    def hole(name: str, place: int) -> str:
        return name if name == ANYTHING else _NAMES[place]

    if isinstance(leaf, DidThen):
        first = leaf.first.model_copy(update={"event": hole(leaf.first.event, 0)})
        then = leaf.then.model_copy(update={"event": hole(leaf.then.event, 1)})
        return leaf.model_copy(update={"first": first, "then": then, "during": _any_span(leaf.during)})
    changed: dict[str, Any] = {"event": hole(leaf.event, 0)}
    if isinstance(leaf, DidWhen):
        changed["is_"] = _any_span(leaf.is_)
    else:
        changed["during"] = _any_span(leaf.during)
    return leaf.model_copy(update=changed)


def _any_span(during: object) -> object:
    return None if during is None else Within(days=1)


@lru_cache(4_096)
def _people_asked(shape: Behaviour) -> str:
    return _sql(lambda events, moved: people_who(shape, events, moved, _SPAN))


@lru_cache(4_096)
def _events_asked(shape: Did) -> str:
    return _sql(lambda events, _: counted(shape, events, _SPAN).select("identity"))


def _sql(asked: Callable[[Any, Any], Any]) -> str:
    import ibis

    events, moved = ibis.table(EVENTS, name="events"), ibis.table(MOVED, name="moved")
    return str(ibis.to_sql(asked(events, moved), dialect="duckdb"))
