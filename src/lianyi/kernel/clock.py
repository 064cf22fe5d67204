"""Moments: aware UTC datetimes at the edges, integer microseconds since 1970 inside.

`now` is passed in as a `Clock`, so that a test can stand at any moment; only the assembly hands out the system's.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Clock = Callable[[], datetime]

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def system_clock() -> datetime:
    """The machine's present moment, in UTC."""
    return datetime.now(UTC)


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC; exact. A naive moment is refused with ValueError."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return (moment - EPOCH) // MICROSECOND


def from_micros(micros: int) -> datetime:
    """The inverse of `to_micros`. OverflowError outside the years 1 to 9999."""
    return EPOCH + timedelta(microseconds=micros)


def local_day(moment: int, zone: tzinfo) -> date:
    """The day of a moment (µs) in the zone. A day lasts from its first 0:00 to that of the next: where a clock was set
    back over midnight, that day does not begin twice. What the zone has before the calendar's first day is of that
    day, and what it has after the last of that one.
    """
    try:
        day = from_micros(moment).astimezone(zone).date()
    except OverflowError:
        return date.min if moment < 0 else date.max
    if date.min < day < date.max - timedelta(1):
        begins, ends = day_bounds(day, day, zone)
        return day + timedelta((moment >= to_micros(ends)) - (moment < to_micros(begins)))
    return day


def day_bounds(first: date, last: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """[start, end) of the days from `first` to `last`, both included, as they are in the zone. The calendar's last day
    ends with its last microsecond.
    """
    ends = datetime.combine(last, time.max) if last == date.max else datetime.combine(last + timedelta(1), time())
    return datetime.combine(first, time(), zone), ends.replace(tzinfo=zone)
