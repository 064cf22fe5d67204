"""Reads of new people, set by set: a million of them take less than a second."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lianyi.foundation.workspaces.queries import zone_of
from lianyi.insight.newcomers.schemas import OTHER, UNKNOWN, Arrivals, Came
from lianyi.kernel.clock import from_micros, to_micros
from lianyi.kernel.money import from_micros as amount_of
from lianyi.people.identity.queries import moved_map
from lianyi.people.profiles.queries import bought_map, first_seen_map, source_map, sources

Ints = npt.NDArray[np.int64]
_NEVER = np.iinfo(np.int64).max
_CHANNELS = 8  # that are told apart; the rest is one
_DAYS, _WEEKS, _MONTHS = 45, 200, 60 * 31  # a period of so many days is shown by day, by week, by month


def arrivals(workspace: int, start: datetime | None, end: datetime | None) -> Arrivals:
    """New people in [start, end) by the channel that they came from first, in spans that suit the length. Without a
    start, from the first of them; without an end, until the last.
    """
    zone = zone_of(workspace)
    at = _first_seen(workspace)
    seen = at[at < _NEVER]
    if not len(seen):
        return Arrivals("day", [], {})
    first = from_micros(int(seen.min())) if start is None else start
    last = from_micros(int(seen.max())) if end is None else end - timedelta(microseconds=1)
    grain, starts = _spans(first.astimezone(zone).date(), last.astimezone(zone).date())
    edges = np.array([_moment(day, zone) for day in starts], np.int64)
    low, high = to_micros(first), to_micros(last)
    persons = np.flatnonzero((at >= low) & (at <= high))
    spans = np.searchsorted(edges, at[persons], side="right") - 1
    numbers = _sources(workspace, len(at))[persons]
    counts: dict[str, Ints] = defaultdict(lambda: np.zeros(len(starts), np.int64))
    names = {number: source.channel for number, source in sources(workspace).items()}
    for number in np.unique(numbers).tolist():
        name = names.get(number, UNKNOWN)
        counts[name] += np.bincount(spans[numbers == number], minlength=len(starts))
    return Arrivals(grain, starts, _largest(counts))


def came_by_source(workspace: int, start: datetime | None, end: datetime | None) -> list[Came]:
    """The new people in [start, end) by their first source, what they bought since, most people first."""
    at = _first_seen(workspace)
    low = -_NEVER if start is None else to_micros(start)
    high = _NEVER if end is None else to_micros(end)
    persons = np.flatnonzero((at >= low) & (at < high))
    numbers = _sources(workspace, len(at))[persons]
    orders, micros = (np.zeros(len(at), np.int64) for _ in range(2))
    buyers, placed, paid = bought_map(workspace)
    known = buyers < len(at)
    orders[buyers[known]], micros[buyers[known]] = placed[known], paid[known]
    places = numbers + 1  # the first for those of no source
    size = int(places.max()) + 1 if len(places) else 0
    names = sources(workspace)
    people = np.bincount(places, minlength=size)
    ordered = _sums(places, orders[persons], size)
    spent = _sums(places, micros[persons], size)
    came = [
        Came(names.get(place - 1), int(people[place]), int(ordered[place]), amount_of(int(spent[place])))
        for place in np.flatnonzero(people).tolist()
    ]
    return sorted(came, key=lambda one: (-one.people, one.source or ()))


def _sums(places: Ints, values: Ints, size: int) -> Ints:
    """By place; exact, which weights of bincount are not."""
    found = np.zeros(size, np.int64)
    np.add.at(found, places, values)
    return found


def _first_seen(workspace: int) -> Ints:
    """By person number: when any of its identities was first seen, or never."""
    numbers, seen = first_seen_map(workspace)
    moved, persons = moved_map(workspace)
    size = 1 + max((int(part.max()) for part in (numbers, moved, persons) if len(part)), default=0)
    at = np.full(size, _NEVER, np.int64)
    at[numbers] = seen
    given = at[moved]
    at[moved] = _NEVER
    np.minimum.at(at, persons, given)
    at[0] = _NEVER
    return at


def _sources(workspace: int, size: int) -> Ints:
    """By person number: the number of the source that it came from first, -1 for none (0 is that of many)."""
    persons, numbers = source_map(workspace, "first")
    known = persons < size
    found = np.full(size, -1, np.int64)
    found[persons[known]] = numbers[known]
    return found


def _spans(first: date, last: date) -> tuple[str, list[date]]:
    days = (last - first).days + 1
    if days <= _DAYS:
        return "day", [first + timedelta(i) for i in range(days)]
    if days <= _WEEKS:
        monday = first - timedelta(first.weekday())
        return "week", [monday + timedelta(i) for i in range(0, (last - monday).days + 1, 7)]
    if days <= _MONTHS:
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        return "month", [date(month // 12, month % 12 + 1, 1) for month in months]
    return "year", [date(year, 1, 1) for year in range(first.year, last.year + 1)]


def _moment(day: date, zone: ZoneInfo) -> int:
    return to_micros(datetime.combine(day, time(), zone))


def _largest(counts: dict[str, Ints]) -> dict[str, list[int]]:
    ordered = sorted(counts, key=lambda name: (-int(counts[name].sum()), name))
    shown = {name: counts[name].tolist() for name in ordered[:_CHANNELS] if name != OTHER}
    rest = [name for name in ordered if name not in shown]
    if rest:
        shown[OTHER] = sum(counts[name] for name in rest).tolist()  # type: ignore[union-attr]
    return shown
