"""Tests of values, of a whole column at once. They mean what `rules.passing` says of one value."""

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from lianyi.kernel.clock import day_bounds, to_micros
from lianyi.people.columns.column import Judge, Mask
from lianyi.people.columns.days import local_days
from lianyi.people.columns.parts import Array, Kind, Values
from lianyi.people.columns.words import Words, item_of
from lianyi.rules.passing import on_day
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

_EPOCH = date(1970, 1, 1)
_LEAP = 2000  # a year that has every day
_EVER = 2**62  # µs


class Today(NamedTuple):
    """The day on which a test is made, and the zone that it is one in."""

    day: date
    zone: ZoneInfo


class Asked(NamedTuple):
    """How values are judged, and what that is remembered by."""

    judge: Judge
    key: Hashable


def asked(test: Test, kind: Kind, today: Today) -> Asked | None:
    """How values of this kind are judged; None when none of them can pass."""
    key: Hashable = (test, today) if isinstance(test, FromToday | Anniversary) else test
    if isinstance(test, Dates) and kind is Kind.MOMENT:
        key = (test, today.zone)
    judge = _judge(test, kind, today)
    return None if judge is None else Asked(judge, key)


def _judge(test: Test, kind: Kind, today: Today) -> Judge | None:
    match test:
        case Known():
            return lambda values: np.ones(len(values), np.bool_)
        case Equals():
            return _one_of((test.value,), kind)
        case OneOf():
            return _one_of(test.values, kind)
        case Contains() | StartsWith():
            return _in_text(test) if kind is Kind.TEXT else None
        case Range():
            return (lambda values: _within(test, values.plain)) if kind is Kind.NUMBER else None
        case Dates() | FromToday():
            return _between(test, kind, today)
        case Anniversary():
            return _returning(test, kind, today)
        case Has():
            return (lambda values: _with_item(test, values)) if kind is Kind.LIST else None


def _one_of(wanted: tuple[str | bool | float, ...], kind: Kind) -> Judge | None:
    texts = [one for one in wanted if isinstance(one, str)]
    flags = [one for one in wanted if isinstance(one, bool)]
    amounts = [float(one) for one in wanted if isinstance(one, int | float) and not isinstance(one, bool)]
    match kind:
        case Kind.TEXT if texts:
            return lambda values: _any_text([_words(values).equal(text) for text in texts], values)
        case Kind.BOOLEAN if flags:
            return lambda values: np.asarray(values.plain == flags[0])  # only `Equals` asks for one
        case Kind.NUMBER if amounts:
            return lambda values: _any_amount(amounts, values.plain)
        case _:
            return None


def _in_text(test: Contains | StartsWith) -> Judge:
    if isinstance(test, StartsWith):
        return lambda values: _any_text([_words(values).beginning(test.text)], values)
    return lambda values: _chosen(_words(values).containing(test.text), values)


def _any_amount(amounts: list[float], plain: Array) -> Mask:
    if len(amounts) == 1:
        return np.asarray(plain == amounts[0])
    return np.isin(plain.astype(np.float64), amounts)


def _any_text(spans: list[tuple[int, int]], values: Values) -> Mask:
    spans = [(start, end) for start, end in spans if start < end]
    codes = values.plain
    if not spans:
        return np.zeros(len(codes), np.bool_)
    if len(spans) > 1:
        return _chosen(np.concatenate([np.arange(*span) for span in spans]), values)
    ((start, end),) = spans
    return np.asarray(codes == start) if end - start == 1 else np.asarray((codes >= start) & (codes < end))


def _chosen(codes: Array, values: Values) -> Mask:
    chosen = np.zeros(len(_words(values)), np.bool_)
    chosen[codes] = True
    return chosen[values.plain]


def _within(test: Range, plain: Array) -> Mask:
    bounds = [
        plain >= test.at_least if test.at_least is not None else None,
        plain > test.more_than if test.more_than is not None else None,
        plain <= test.at_most if test.at_most is not None else None,
        plain < test.less_than if test.less_than is not None else None,
    ]
    return np.asarray(np.logical_and.reduce([bound for bound in bounds if bound is not None]))


def _between(test: Dates | FromToday, kind: Kind, today: Today) -> Judge | None:
    if kind not in (Kind.DAY, Kind.MOMENT):
        return None
    if isinstance(test, Dates):
        first, last = test.from_on, test.to_on
    else:
        first, last = (None if away is None else today.day + timedelta(away) for away in (test.from_days, test.to_days))
    if kind is Kind.DAY:
        low, high = (None if day is None else (day - _EPOCH).days for day in (first, last))
    else:
        low = None if first is None else _begins(first, today.zone)
        high = None if last is None else _ends(last, today.zone) - 1
    return lambda values: _from_to(values.plain, low, high)


def _from_to(plain: Array, low: int | None, high: int | None) -> Mask:
    if low is None:
        return np.asarray(plain <= high)
    if high is None:
        return np.asarray(plain >= low)
    return np.asarray((plain >= low) & (plain <= high))


def _returning(test: Anniversary, kind: Kind, today: Today) -> Judge | None:
    if kind not in (Kind.DAY, Kind.MOMENT):
        return None
    passing = np.zeros(13 * 32, np.bool_)
    for away in range(366):
        day = date(_LEAP, 1, 1) + timedelta(away)
        passing[32 * day.month + day.day] = on_day(test, day, today.day)

    def judge(values: Values) -> Mask:
        days = values.plain if kind is Kind.DAY else local_days(values.plain, today.zone)
        low, high = int(days.min()), int(days.max())
        if high - low < len(days):  # days repeat
            return np.asarray(passing[_of_year(np.arange(low, high + 1))][days - low])
        return np.asarray(passing[_of_year(days)])

    return judge


def _of_year(days: Array) -> Array:
    """32 times the month and the day of the month of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    return np.asarray(32 * (months.astype(np.int64) % 12 + 1) + (dates - months).astype(np.int64) + 1)


def _begins(day: date, zone: ZoneInfo) -> int:
    """When a day begins in the zone (µs); the calendar's first has all that was before it."""
    return -_EVER if day == date.min else to_micros(day_bounds(day, day, zone)[0])


def _ends(day: date, zone: ZoneInfo) -> int:
    """When the next begins; the calendar's last has all that comes after it."""
    return _EVER if day == date.max else to_micros(day_bounds(day, day, zone)[1])


def with_code(values: Values, wanted: Sequence[int]) -> Mask:
    """For which of the values, or of the lists, one of these codes is there."""
    hits = np.isin(values.plain, wanted)
    return hits if values.ends is None else _any_of_each(hits, values.ends)


def _with_item(test: Has, values: Values) -> Mask:
    words = _words(values)
    codes = [code for value in test.values for code in words.items.get(item_of(value), ())]
    assert values.ends is not None
    return _any_of_each(_chosen(np.array(codes, np.int64), values), values.ends)


def _any_of_each(hits: Mask, ends: Array) -> Mask:
    counted = np.concatenate([[0], np.cumsum(hits)])
    return np.asarray(counted[ends] > counted[np.concatenate([np.zeros(1, ends.dtype), ends[:-1]])])


def _words(values: Values) -> Words:
    assert values.words is not None
    return values.words
