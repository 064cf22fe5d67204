"""When a leaf about behaviour asks: moments from a moment on up to another, in µs. Days are the workspace's."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lianyi.kernel.clock import DAY, to_micros
from lianyi.rules.nodes import Behaviour, DidThen, DidWhen, Within
from lianyi.rules.person import Moment
from lianyi.rules.values import Dates, FromToday


class Span(NamedTuple):
    """Moments in [start, end)."""

    start: int
    end: int

    def __contains__(self, at: object) -> bool:
        return isinstance(at, int) and self.start <= at < self.end


EVER = Span(-(2**62), 2**62)


def span_of(leaf: Behaviour, moment: Moment) -> Span:
    """When what the leaf asks for was done; the first or the last of it for DidWhen, `first` for DidThen."""
    if isinstance(leaf, DidWhen):
        return _days(leaf.is_, moment)
    span = EVER
    if isinstance(leaf.during, Within):
        span = Span(moment.now - leaf.during.days * DAY + 1, EVER.end)
    elif leaf.during is not None:
        span = _days(leaf.during, moment)
    if isinstance(leaf, DidThen) and not leaf.happened:
        return Span(span.start, min(span.end, moment.now - leaf.within_days * DAY + 1))
    return span


def _days(test: Dates | FromToday, moment: Moment) -> Span:
    if isinstance(test, Dates):
        first, last = test.from_on, test.to_on
    else:
        first = None if test.from_days is None else moment.today + timedelta(test.from_days)
        last = None if test.to_days is None else moment.today + timedelta(test.to_days)
    return Span(
        EVER.start if first is None else _midnight(first, moment.zone),
        EVER.end if last is None or last == date.max else _midnight(last + timedelta(1), moment.zone),
    )


def _midnight(day: date, zone: ZoneInfo) -> int:
    """The moment at which a day begins in the zone, where it may have no 00:00."""
    return to_micros(datetime.combine(day, time(), zone))
