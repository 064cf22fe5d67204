"""Local days of many moments are those that a clock says of each."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lianyi.kernel.clock import local_day, to_micros
from lianyi.people.columns.days import local_days

ZONES = (
    *("Asia/Shanghai", "America/Sao_Paulo", "America/St_Johns", "Pacific/Kiritimati", "Pacific/Pago_Pago"),
    "Europe/Berlin",
)


EARLIEST, LATEST = (to_micros(datetime(year, 1, 1, tzinfo=UTC)) for year in (1950, 2060))


@settings(deadline=None)
@given(st.lists(st.integers(EARLIEST, LATEST), max_size=20), st.sampled_from(ZONES))
def test_days_are_those_of_the_zone(at: list[int], name: str) -> None:
    zone = ZoneInfo(name)
    wanted = [(local_day(one, zone) - date(1970, 1, 1)).days for one in at]
    assert local_days(np.array(at, np.int64), zone).tolist() == wanted


def test_a_day_of_the_clock_change_is_one_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 3, 29, tzinfo=berlin)  # of 23 hours
    moments = [to_micros(start + timedelta(hours=hours)) for hours in (0, 1, 3, 23)]
    assert len(set(local_days(np.array(moments, np.int64), berlin).tolist())) == 1
