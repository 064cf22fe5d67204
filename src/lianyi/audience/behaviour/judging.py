"""Leaves about behaviour, judged on arrays of what happened to whom: the same for a million people as for one."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from lianyi.audience.behaviour.schemas import Ints, Numbers, Rows
from lianyi.kernel.clock import DAY
from lianyi.rules.happening import MILLION, MOST, sum_bounds
from lianyi.rules.nodes import Behaviour, Did, DidSum, DidThen, DidWhen
from lianyi.rules.spans import EVER, Span

_MANY = 50_000  # rows from which on a table of all numbers is cheaper than sorting
_LOW = 31  # bits of a sum that are added apart from the others, so that nothing overflows


class _Keys(NamedTuple):
    """Places in a table for people: their own numbers, or where they are among those that occur."""

    places: Ints
    people: Numbers | None
    size: int

    @classmethod
    def of(cls, who: Numbers) -> "_Keys":
        if len(who) > _MANY:
            return cls(who.astype(np.int64), None, int(who.max()) + 1)
        people, places = np.unique(who, return_inverse=True)
        return cls(places, people, len(people))

    def where(self, holds: npt.NDArray[np.bool_]) -> Numbers:
        """The people at the places that hold."""
        return np.flatnonzero(holds).astype(np.uint32) if self.people is None else self.people[holds]


def judge(leaf: Behaviour, rows: Rows, then: Rows | None, span: Span) -> Numbers:
    """The people for whom the leaf holds, ascending. `rows` are of its first pattern, `then` of its second; who is a
    person. The rows may come in any order.
    """
    if isinstance(leaf, DidThen):
        assert then is not None
        return _then(leaf, _during(rows, span), then)
    if isinstance(leaf, DidWhen):
        keys = _Keys.of(rows.who)
        when = np.full(keys.size, EVER.end if leaf.which == "first" else EVER.start - 1)
        (np.minimum if leaf.which == "first" else np.maximum).at(when, keys.places, rows.at)
        return keys.where((when >= span.start) & (when < span.end))
    rows = _during(rows, span)
    keys = _Keys.of(rows.who)
    if isinstance(leaf, DidSum):
        return keys.where(_sums(leaf, rows, keys))
    assert isinstance(leaf, Did)
    return keys.where(often_enough(leaf, np.bincount(keys.places, minlength=keys.size)))


def often_enough(leaf: Did, times: Ints) -> npt.NDArray[np.bool_]:
    """Whether the leaf holds for people who did it so many times."""
    holds: npt.NDArray[np.bool_] = times >= leaf.at_least
    return holds if leaf.at_most is None else holds & (times <= leaf.at_most)


def _during(rows: Rows, span: Span) -> Rows:
    if span == EVER:
        return rows
    inside = (rows.at >= span.start) & (rows.at < span.end)
    return rows.some(inside)


def _sums(leaf: DidSum, rows: Rows, keys: _Keys) -> npt.NDArray[np.bool_]:
    assert rows.value is not None
    millionths = np.floor(np.clip(rows.value, -MOST, MOST) * MILLION + 0.5).astype(np.int64)
    high, low = np.zeros(keys.size, np.int64), np.zeros(keys.size, np.int64)
    np.add.at(high, keys.places, millionths >> _LOW)
    np.add.at(low, keys.places, millionths & ((1 << _LOW) - 1))
    high += low >> _LOW
    low &= (1 << _LOW) - 1
    holds = np.zeros(keys.size, np.bool_)
    holds[keys.places] = True
    least, most = sum_bounds(leaf)
    if least is not None:
        holds &= _reaches(high, low, least)
    if most is not None:
        holds &= ~_reaches(high, low, most + 1)
    return holds


def _reaches(high: Ints, low: Ints, bound: int) -> npt.NDArray[np.bool_]:
    if abs(bound) >> 93:  # no sum is that far from zero
        return np.full(len(high), bound < 0)
    reached: npt.NDArray[np.bool_] = (high > bound >> _LOW) | (
        (high == bound >> _LOW) & (low >= (bound & ((1 << _LOW) - 1)))
    )
    return reached


def _then(leaf: DidThen, first: Rows, then: Rows) -> Numbers:
    keys = _Keys.of(np.concatenate([first.who, then.who]))
    of_first, of_then = keys.places[: len(first.who)], keys.places[len(first.who) :]
    of_then, later = in_order(of_then, then.at)
    ends = np.cumsum(np.bincount(of_then, minlength=keys.size))
    begins = np.concatenate([np.zeros(1, np.int64), ends[:-1]])
    place, end = _first_after(first.at, later, begins[of_first], ends[of_first]), ends[of_first]
    followed = np.zeros(len(place), np.bool_)
    some = np.flatnonzero(place < end)
    followed[some] = later[place[some]] <= first.at[some] + leaf.within_days * DAY
    holds = np.zeros(keys.size, np.bool_)
    holds[of_first[followed if leaf.happened else ~followed]] = True
    return keys.where(holds)


def in_order(places: Ints, at: Ints) -> tuple[Ints, Ints]:
    """The same rows by place and then by time."""
    order = order_of(places, at)
    return places[order], at[order]


def order_of(places: Ints | Numbers, at: Ints) -> Ints:
    """The order of rows by place and then by time. Most of them are in it already, which a stable sort makes use of."""
    order = np.argsort(places, kind="stable")
    places, at = places[order], at[order]
    wrong = np.flatnonzero((places[1:] == places[:-1]) & (at[1:] < at[:-1]))
    if len(wrong):
        mixed = np.zeros(int(places[-1]) + 1, np.bool_)
        mixed[places[wrong]] = True
        rows = np.flatnonzero(mixed[places])
        order[rows] = order[rows][np.lexsort((at[rows], places[rows]))]
    return order


def _first_after(at: Ints, later: Ints, low: Ints, high: Ints) -> Ints:
    """For each moment the place of the first of later[low:high], which ascend, that is after it; `high` if none is."""
    low, high = low.copy(), high.copy()
    open_ = np.flatnonzero(low < high)
    while len(open_):
        middle = (low[open_] + high[open_]) >> 1
        after = later[middle] > at[open_]
        high[open_[after]] = middle[after]
        low[open_[~after]] = middle[~after] + 1
        open_ = open_[low[open_] < high[open_]]
    return low
