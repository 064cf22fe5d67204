"""Working time against the clock on the wall, minute by minute, in zones whose clocks change in every way."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from lianyi.foundation.calendar.schemas import Hours, Spans, checked_spans
from lianyi.foundation.calendar.working import add_working_time, is_open, open_pieces, working_time_between

MINUTE = timedelta(minutes=1)
# A moment shortly before clocks change: by an hour, by half of one, around midnight, by a whole day, and not at all.
CHANGES = [
    ("America/New_York", datetime(2026, 3, 8, 7, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, 3, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),
    ("America/St_Johns", datetime(2010, 11, 7, 2, 31, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Africa/Casablanca", datetime(2026, 3, 22, 2, tzinfo=UTC)),
    ("Asia/Shanghai", datetime(2026, 5, 1, tzinfo=UTC)),
]

spans = st.lists(st.integers(0, 1440), max_size=6, unique=True).map(
    lambda cuts: checked_spans(zip(*[iter(sorted(cuts)[: len(cuts) // 2 * 2])] * 2, strict=True))
)
weeks = st.lists(spans, min_size=7, max_size=7).map(tuple).filter(any)
places = st.tuples(st.sampled_from(CHANGES), st.integers(-3000, 1500)).map(
    lambda made: (ZoneInfo(made[0][0]), made[0][1] + made[1] * MINUTE)
)
LENGTHS = st.integers(0, 3000).map(lambda minutes: minutes * MINUTE)


@settings(max_examples=150)
@given(weeks, places, LENGTHS)
def test_it_is_what_the_wall_clock_says(
    week: tuple[Spans, ...], place: tuple[ZoneInfo, datetime], length: timedelta
) -> None:
    zone, start = place
    hours = Hours(zone, week)
    minutes = [start + n * MINUTE for n in range(length // MINUTE)]
    assert working_time_between(hours, start, start + length) == sum(is_open(hours, one) for one in minutes) * MINUTE


@given(weeks, places, LENGTHS, st.integers(0, 10**10))
def test_adding_and_measuring_are_inverse(
    week: tuple[Spans, ...], place: tuple[ZoneInfo, datetime], length: timedelta, micros: int
) -> None:
    zone, start = place
    hours, duration = Hours(zone, week), timedelta(microseconds=micros)
    end = add_working_time(hours, start, duration)
    assert end >= start
    assert working_time_between(hours, start, end) == duration
    if duration:  # it is the first such moment
        assert working_time_between(hours, start, end - timedelta.resolution) == duration - timedelta.resolution
    else:
        assert is_open(hours, end)
    middle = start + length
    parts = working_time_between(hours, start, middle) + working_time_between(hours, middle, end)
    assert parts == duration


@given(weeks, places, LENGTHS)
def test_pieces_come_in_order_and_never_overlap(
    week: tuple[Spans, ...], place: tuple[ZoneInfo, datetime], length: timedelta
) -> None:
    zone, start = place
    pieces = list(open_pieces(Hours(zone, week), start, start + length))
    edges = [moment for piece in pieces for moment in piece]
    assert edges == sorted(edges)
    assert all(begin < end for begin, end in pieces)
    assert not edges or (start <= edges[0] and edges[-1] <= start + length)
