"""Moments by the day and the hour at which they were in a zone."""

from datetime import date, tzinfo

import numpy as np
import numpy.typing as npt

from lianyi.kernel.clock import HOUR, from_micros

_QUARTER = HOUR // 4  # a zone whose clocks stand a part of an hour off is read by quarters


def by_time(at: npt.NDArray[np.int64], zone: tzinfo) -> tuple[list[tuple[date, int]], list[int]]:
    """How many of the moments (µs) fell on each day, and into each hour of the day."""
    quarters, counts = np.unique(at // _QUARTER, return_counts=True)
    hours, days = [0] * 24, dict[date, int]()
    for quarter, count in zip(quarters.tolist(), counts.tolist(), strict=True):
        local = from_micros(quarter * _QUARTER).astimezone(zone)
        hours[local.hour] += count
        days[local.date()] = days.get(local.date(), 0) + count
    return sorted(days.items()), hours
