"""Hours as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.foundation.calendar.reading import spans_in, written
from lianyi.foundation.calendar.schemas import Spans, checked_spans
from lianyi.kernel.errors import Refused

SPLIT = ((540, 720), (810, 1080))


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9:00-12:00, 13:30-18:00", SPLIT),
        ("9-12 13:30-18", SPLIT),
        ("９：００～１２：００，13:30 至 18:00", SPLIT),
        ("13:30–18:00、09:00 — 12:00", SPLIT),
        ("0:00-24:00", ((0, 1440),)),
        ("9:00-12:00,12:00-18:00", ((540, 1080),)),
        ("", ()),
        (" 休息 ", ()),
        ("Closed", ()),
    ],
)
def test_is_read_as(text: str, spans: Spans) -> None:
    assert spans_in(text) == spans


@pytest.mark.parametrize("text", ["9:60-10:00", "18:00-9:00", "9:00", "0-25", "nine to six", "9:00-9:00", "9" * 501])
def test_is_no_time_of_a_day(text: str) -> None:
    with pytest.raises(Refused) as refused:
        spans_in(text)
    assert refused.value.code == "calendar.text"


def test_spans_that_overlap_are_refused() -> None:
    with pytest.raises(Refused) as refused:
        spans_in("9-12, 11-13")
    assert refused.value.code == "calendar.overlap"


@given(st.lists(st.integers(0, 1440), unique=True, max_size=8))
def test_what_is_written_is_read_as_the_same(minutes: list[int]) -> None:
    edges = sorted(minutes[: len(minutes) // 2 * 2])
    spans = checked_spans(zip(edges[::2], edges[1::2], strict=True))
    assert spans_in(written(spans)) == spans
