"""The local days of many moments at once: what `kernel.clock.local_day` says of each."""

from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lianyi.kernel.clock import DAY, EPOCH, day_bounds, to_micros

Ints = npt.NDArray[np.int64]

_TABLE = 50_000  # days that are looked up one by one, at most
_FIRST, _LAST = ((day - EPOCH.date()).days for day in (date.min, date.max))


def local_days(at: Ints, zone: ZoneInfo) -> Ints:
    """The local day of each moment, counted from 1970-01-01."""
    if not len(at):
        return np.zeros(0, np.int64)
    utc = at // DAY
    low, high = int(utc.min()), int(utc.max())
    every = high - low < min(_TABLE, len(at))
    days = np.arange(low, high + 1) if every else np.unique(utc)
    begins = np.array([_begin(day, zone) for day in days.tolist()], np.int64)
    ends = np.array([_begin(day + 1, zone) for day in days.tolist()], np.int64)
    shift = int(begins[0] - days[0] * DAY)
    if np.all(begins - days * DAY == shift) and np.all(ends - (days + 1) * DAY == shift):
        return (at - shift) // DAY  # no clock was changed meanwhile
    place = utc - low if every else np.searchsorted(days, utc)
    return utc - 1 + (at >= begins[place]) + (at >= ends[place])


@lru_cache(100_000)
def _begin(day: int, zone: ZoneInfo) -> int:
    if not _FIRST < day <= _LAST:  # what is before the calendar, or after it, is of its first day, or its last
        return 2**62 if day > _LAST else -(2**62)
    local = (EPOCH + timedelta(day)).date()
    return to_micros(day_bounds(local, local, zone)[0])
