"""Days of a zone: each begins once, whatever its clocks did."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lianyi.kernel.clock import day_bounds, from_micros, local_day, to_micros

MINUTE = 60 * 1_000_000


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Asia/Shanghai", date(2026, 5, 6), 24),
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # without a 0:00
        ("America/Sao_Paulo", date(2018, 2, 17), 25),  # whose last hour came twice
        ("America/St_Johns", date(2010, 11, 7), 25),  # a minute of which came before the last hour of the day before
        ("America/St_Johns", date(2010, 11, 6), 24),
        ("Asia/Shanghai", date(1986, 5, 4), 23),
        ("Asia/Shanghai", date(1991, 9, 15), 25),
        ("Pacific/Apia", date(2011, 12, 30), 0),  # there was none
        ("Pacific/Apia", date(2011, 12, 31), 24),
    ],
)
def test_every_moment_between_a_days_bounds_is_of_that_day_and_no_other_is(zone: str, day: date, hours: int) -> None:
    there = ZoneInfo(zone)
    begins, ends = (to_micros(bound) for bound in day_bounds(day, day, there))
    assert (ends - begins) // (60 * MINUTE) == hours
    inside = {local_day(at, there) for at in (*range(begins, ends, MINUTE), *([ends - 1] if ends > begins else []))}
    assert inside == ({day} if hours else set())
    around = [*range(begins - 120 * MINUTE, begins, MINUTE), begins - 1]
    assert all(local_day(at, there) < day for at in around)
    assert all(local_day(at, there) > day for at in range(ends, ends + 120 * MINUTE, MINUTE))


def test_the_first_and_the_last_day_there_are() -> None:
    for moment in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert local_day(to_micros(moment), ZoneInfo("UTC")) == moment.date()
        assert from_micros(to_micros(moment)) == moment


def test_what_a_zone_has_beyond_the_calendar_is_of_its_first_and_its_last_day() -> None:
    first, last = (to_micros(one.replace(tzinfo=UTC)) for one in (datetime.min, datetime.max))
    shanghai, new_york = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
    assert local_day(last, shanghai) == date.max
    assert local_day(first, new_york) == date.min
    assert day_bounds(date.max, date.max, shanghai)[1] == datetime.max.replace(tzinfo=shanghai)
