"""Whether one value passes a test: the meaning that every other reader of tests has to agree with."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from lianyi.kernel.clock import local_day, to_micros
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

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER = UPPER.lower()
_FOLDING = str.maketrans(UPPER, LOWER)

Value = str | float | bool | date | datetime | tuple[Any, ...] | None


def folded(text: str) -> str:
    """The text as texts compare: A–Z lowered, and nothing else, since engines differ in the rest of Unicode."""
    return text.translate(_FOLDING)


def day_of(value: date | datetime, zone: ZoneInfo) -> date:
    """The day of a moment as it is in the zone; a day is itself."""
    return local_day(to_micros(value), zone) if isinstance(value, datetime) else value


def passes(test: Test, value: Value, today: date, zone: ZoneInfo) -> bool:
    """Whether the value of a trait, or of a property, passes. `value` is a text, number, boolean, day, aware moment or
    a tuple of the first three; None where there is none, which passes nothing. `today` is the day in the zone.
    """
    match test:
        case Known():
            return value is not None
        case Equals():
            return same(test.value, value)
        case OneOf():
            return any(same(one, value) for one in test.values)
        case Contains():
            return isinstance(value, str) and folded(test.text) in folded(value)
        case StartsWith():
            return isinstance(value, str) and folded(value).startswith(folded(test.text))
        case Range():
            return isinstance(value, int | float) and not isinstance(value, bool) and within(test, float(value))
        case Dates() | FromToday() | Anniversary():
            return isinstance(value, date) and on_day(test, day_of(value, zone), today)
        case Has():
            return isinstance(value, tuple) and any(same(one, item) for one in test.values for item in value)


def same(wanted: object, value: object) -> bool:
    """Whether two values are one: of the same kind, and equal as that kind compares."""
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, str):
        return isinstance(value, str) and folded(wanted) == folded(value)
    return isinstance(wanted, int | float) and isinstance(value, int | float) and float(wanted) == float(value)


def within(test: Range, value: float) -> bool:
    """Whether a number lies between the bounds."""
    return (
        (test.at_least is None or value >= test.at_least)
        and (test.more_than is None or value > test.more_than)
        and (test.at_most is None or value <= test.at_most)
        and (test.less_than is None or value < test.less_than)
    )


def on_day(test: Dates | FromToday | Anniversary, day: date, today: date) -> bool:
    """Whether a day passes."""
    match test:
        case Dates():
            return (test.from_on is None or day >= test.from_on) and (test.to_on is None or day <= test.to_on)
        case FromToday():
            away = (day - today).days
            return (test.from_days is None or away >= test.from_days) and (test.to_days is None or away <= test.to_days)
        case Anniversary():
            return _days_until_return(day, today) <= test.within_days


def _days_until_return(day: date, today: date) -> int:
    away = (_returning(day, today.year) - today).days
    return away if away >= 0 else (_returning(day, today.year + 1) - today).days


def _returning(day: date, year: int) -> date:
    if (day.month, day.day) == (2, 29) and not (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)):
        return date(year, 3, 1)
    return date(year, day.month, day.day)
