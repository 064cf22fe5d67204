"""Buyers by what they are worth, page by page. The order is worked out from all orders, which takes seconds for a
million buyers, so a process keeps it for some minutes, of a few workspaces.
"""

import time
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import numpy as np

from lianyi.audience.worth.queries import fit_of, worths
from lianyi.audience.worth.schemas import Worths
from lianyi.audience.worth.summing import ranked_by
from lianyi.people.identity.queries import epoch_of

KEPT_FOR = 600.0  # seconds
_MOST_KEPT = 4
_kept: dict[tuple[int, int, date], tuple[tuple[int, int], float, Worths]] = {}


class Place(NamedTuple):
    """Where a page ended: what somebody is worth, and their number."""

    worth: float
    person: int


class Page(NamedTuple):
    """Some buyers in order, and where to go on; None at the end."""

    worths: Worths
    further: Place | None


def ranked(
    workspace: int,
    horizon: int,
    today: date,
    limit: int,
    *,
    after: Place | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Page:
    """Those who are worth most first, and of people who are worth the same the smaller number; those behind `after`."""
    found = _in_order(workspace, horizon, today, clock)
    by = ranked_by(found)
    start = 0
    if after is not None:
        start = int(np.searchsorted(-by, -after.worth, side="left"))
        equal = int(np.searchsorted(-by, -after.worth, side="right"))
        start += int(np.searchsorted(found.persons[start:equal], after.person, side="right"))
    end = min(start + limit, len(by))
    last = Place(float(by[end - 1]), int(found.persons[end - 1])) if end < len(by) and end > start else None
    return Page(found.some(slice(start, end)), last)


def _in_order(workspace: int, horizon: int, today: date, clock: Callable[[], float]) -> Worths:
    key, now = (workspace, horizon, today), clock()
    stamp = (fit_of(workspace).fitted_at, epoch_of(workspace))  # who was erased is in no memory
    known = _kept.get(key)
    if known is not None and known[0] == stamp and now - known[1] < KEPT_FOR:
        return known[2]
    found = worths(workspace, horizon, today)
    sorted_ = found.some(np.lexsort((found.persons, -ranked_by(found))))
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[key] = (stamp, now, sorted_)
    return sorted_
