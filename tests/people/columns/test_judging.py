"""Tests of a whole column mean what `rules.passing` says of each of its values."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from lianyi.kernel.clock import to_micros
from lianyi.people.columns.judging import Today, asked
from lianyi.people.columns.parts import Kind, values_of
from lianyi.rules.passing import passes
from lianyi.rules.values import Anniversary, Dates, FromToday, Test

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
MOMENTS = (
    FIRST,
    FIRST + timedelta(hours=7),
    FIRST + timedelta(hours=30),
    datetime(2024, 2, 29, 23, 30, tzinfo=UTC),
    LAST - timedelta(hours=30),
    LAST - timedelta(hours=7),
    LAST,
)
ENDS: tuple[Test, ...] = (
    *(Dates(from_on=day) for day in (date.min, date.min + timedelta(1), date.max)),
    *(Dates(to_on=day) for day in (date.min, date.max - timedelta(1), date.max)),
    Dates(from_on=date.min, to_on=date.max),
    FromToday(from_days=-36_500, to_days=36_500),
    *(Anniversary(within_days=days) for days in (0, 1, 2, 364, 365)),
)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2026, 12, 31)])
def test_moments_at_the_ends_of_the_calendar_are_judged_as_anywhere(zone: str, today: date) -> None:
    there = ZoneInfo(zone)
    values = values_of(Kind.MOMENT, np.array([to_micros(one) for one in MOMENTS], np.int64))
    for test in ENDS:
        judged = asked(test, Kind.MOMENT, Today(today, there))
        assert judged is not None
        assert judged.judge(values).tolist() == [passes(test, one, today, there) for one in MOMENTS], test
