"""Working time: pure arithmetic over `Hours`.

All counting is done on UTC windows of a day, cut where the zone's offset changes (at most once in a window), so that
each piece's wall clock runs evenly. An hour that clocks skip is no working time, one that they repeat counts twice.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from lianyi.foundation.calendar.holidays import public_year
from lianyi.foundation.calendar.schemas import CLOSED, Hours, Spans
from lianyi.kernel.errors import Refused

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
FARTHEST = 3660 * DAY
_SECOND = timedelta(seconds=1)

Piece = tuple[datetime, datetime]


def spans_on(hours: Hours, day: date) -> Spans:
    """The hours of one day. A make-up working day without hours of its own has those of the first day that has some."""
    if day in hours.days:
        return hours.days[day]
    usual = hours.week[day.weekday()]
    if hours.country:
        year = public_year(hours.country, day.year)
        if day in year.working:
            return usual or next(spans for spans in hours.week if spans)
        if day in year.holidays:
            return CLOSED
    return usual


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether somebody is at work then."""
    wall = _checked(at).astimezone(hours.zone)
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in spans_on(hours, wall.date()))


def add_working_time(hours: Hours, start: datetime, duration: timedelta) -> datetime:
    """The moment at which `duration` of working time has passed since `start`: with none, `start` itself when open,
    else the next opening. Refuses what does not fit into the ten years after `start`.
    """
    if duration < timedelta(0):
        raise Refused("calendar.duration", "Working time is not added backwards.", "Give a duration of zero or more.")
    left = duration
    for begin, end in open_pieces(hours, _checked(start), _checked(start) + FARTHEST):
        if left <= end - begin:
            return begin + left
        left -= end - begin
    raise Refused("calendar.never", "So much working time does not come within ten years.", "Give longer hours.")


def working_time_between(hours: Hours, start: datetime, end: datetime) -> timedelta:
    """How much working time lies in [start, end); negative when `end` comes first. Refuses more than ten years."""
    if _checked(end) < _checked(start):
        return -working_time_between(hours, end, start)
    if end - start > FARTHEST:
        raise Refused("calendar.range", "Working time is counted over ten years at most.", "Ask for a shorter time.")
    return sum((b - a for a, b in open_pieces(hours, start, end)), timedelta(0))


def open_pieces(hours: Hours, start: datetime, end: datetime) -> Iterator[Piece]:
    """The open times in [start, end) in UTC, in order, none empty; two may touch."""
    at, end = start.astimezone(UTC), end.astimezone(UTC)
    while at < end:
        upto = min(at + DAY, end)
        for since, until, offset in _even(hours.zone, at, upto):
            yield from _in_even(hours, since, until, offset)
        at = upto


def _even(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The window in parts of one offset each."""
    before, after = _offset(zone, start), _offset(zone, end - timedelta.resolution)
    if before == after:
        yield start, end, before
        return
    low, high = start, end
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    change = high.replace(microsecond=0)  # offsets change at whole seconds
    yield start, change, before
    yield change, end, after


def _in_even(hours: Hours, since: datetime, until: datetime, offset: timedelta) -> Iterator[Piece]:
    day = (since + offset).date()
    last = (until + offset).date()
    while day <= last:
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - offset
        for start, end in spans_on(hours, day):
            piece = max(midnight + start * MINUTE, since), min(midnight + end * MINUTE, until)
            if piece[0] < piece[1]:
                yield piece
        day += DAY


def _checked(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    if not 1900 <= at.year <= 9900:
        raise Refused("calendar.range", "The year {year} has no business hours.", "Check the date.", year=at.year)
    return at


def _offset(zone: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)
