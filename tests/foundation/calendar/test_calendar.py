"""A workspace's calendar: its rows, and China's year as it was announced."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from lianyi.foundation.audit.models import AuditLine
from lianyi.foundation.calendar import actions, queries
from lianyi.foundation.calendar.models import BusinessHours, CalendarDay
from lianyi.foundation.calendar.schemas import CLOSED, NINE_TO_SIX, WEEKDAYS, Hours, Why, checked_spans
from lianyi.foundation.calendar.working import add_working_time, is_open, spans_on, working_time_between
from lianyi.foundation.workspaces.actions import create_workspace
from lianyi.kernel.errors import Refused

SHANGHAI = ZoneInfo("Asia/Shanghai")
CHINA = Hours(SHANGHAI, WEEKDAYS, "CN")
HOUR = timedelta(hours=1)
_slugs = count(1)

# The State Council's notice for 2026: holidays that fall on Monday to Friday, and the days worked instead.
OFF_2026 = "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007"
WORKED_2026 = "0104 0214 0228 0509 0920 1010"


@pytest.fixture
def workspace(db: None) -> int:
    return create_workspace(f"calendar-{next(_slugs)}", "Calendar").pk


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def days(words: str) -> list[date]:
    return [date(2026, int(word[:2]), int(word[2:])) for word in words.split()]


def test_the_year_2026_in_china() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [day for day in year if day.weekday() < 5 and spans_on(CHINA, day) == CLOSED] == days(OFF_2026)
    assert [day for day in year if day.weekday() >= 5 and spans_on(CHINA, day) == NINE_TO_SIX] == days(WORKED_2026)


def test_working_time_passes_over_nights_weekends_and_holidays() -> None:
    friday = at("2026-04-03T17:30")  # before 清明, which is over on Monday 6 April
    assert add_working_time(CHINA, friday, 2 * HOUR) == at("2026-04-07T10:30")
    assert working_time_between(CHINA, friday, at("2026-04-07T10:30")) == 2 * HOUR
    assert working_time_between(CHINA, at("2026-04-07T10:30"), friday) == -2 * HOUR
    assert add_working_time(CHINA, at("2026-02-13T17:00"), 2 * HOUR) == at("2026-02-14T10:00")  # a Saturday worked
    assert add_working_time(CHINA, friday, timedelta(0)) == friday
    assert add_working_time(CHINA, at("2026-04-04T12:00"), timedelta(0)) == at("2026-04-07T09:00")
    assert add_working_time(CHINA, friday, HOUR / 2) == at("2026-04-03T18:00")
    assert working_time_between(CHINA, at("2026-01-01T00:00"), at("2027-01-01T00:00")) == 248 * 9 * HOUR


def test_a_make_up_day_has_the_hours_of_the_first_working_day() -> None:
    early = Hours(SHANGHAI, (((480, 960),), *WEEKDAYS[1:]), "CN")
    assert spans_on(early, date(2026, 1, 4)) == ((480, 960),)
    weekend_too = Hours(SHANGHAI, (NINE_TO_SIX,) * 6 + (((600, 700),),), "CN")
    assert spans_on(weekend_too, date(2026, 1, 4)) == ((600, 700),)


@pytest.mark.parametrize(
    ("span", "code"),
    [
        ([[540, 540]], "calendar.span"),
        ([[600, 540]], "calendar.span"),
        ([[-1, 540]], "calendar.span"),
        ([[0, 1441]], "calendar.span"),
        ([[1, 2, 3]], "calendar.span"),
        ([[0, 60], [59, 90]], "calendar.overlap"),
    ],
)
def test_bad_spans_are_refused_and_nothing_changes(workspace: int, span: list[list[int]], code: str) -> None:
    for work in (
        lambda: actions.set_day(workspace, date(2026, 5, 1), span),
        lambda: actions.set_week(workspace, [span, *[[]] * 6], ""),
    ):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.code == code
    assert (CalendarDay.objects.count(), BusinessHours.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("week", "country", "code"),
    [
        ([[]] * 7, "", "calendar.week"),
        ([[[0, 60]]] * 6, "", "calendar.week"),
        ([[[0, 60]]] * 7, "XX", "calendar.country"),
    ],
)
def test_bad_weeks_are_refused(workspace: int, week: list[list[list[int]]], country: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_week(workspace, week, country)
    assert refused.value.code == code
    assert BusinessHours.objects.count() == 0


def test_touching_spans_are_one() -> None:
    assert checked_spans([[600, 660], [540, 600], [700, 720]]) == ((540, 660), (700, 720))


def test_a_workspace_has_ordinary_hours_until_it_says_otherwise(workspace: int) -> None:
    assert queries.hours_of(workspace) == CHINA
    nowhere = create_workspace(f"calendar-{next(_slugs)}", "N", zone="Europe/Berlin", region="XX").pk
    assert queries.hours_of(nowhere) == Hours(ZoneInfo("Europe/Berlin"), WEEKDAYS)


def test_a_workspace_has_days_of_its_own(workspace: int) -> None:
    actions.set_week(workspace, [[[600, 1320]]] * 7, "CN")
    actions.set_day(workspace, date(2026, 10, 1), [[600, 720]], "国庆上午营业")
    actions.set_day(workspace, date(2026, 11, 11), [[0, 1440]])
    actions.set_day(workspace, date(2026, 11, 12), [])
    hours = queries.hours_of(workspace)
    assert [
        spans_on(hours, date(2026, month, day)) for month, day in [(10, 1), (10, 2), (11, 10), (11, 11), (11, 12)]
    ] == [
        ((600, 720),),
        CLOSED,
        ((600, 1320),),
        ((0, 1440),),
        CLOSED,
    ]
    assert (actions.clear_day(workspace, date(2026, 10, 1)), actions.clear_day(workspace, date(2026, 10, 1))) == (
        True,
        False,
    )
    assert spans_on(queries.hours_of(workspace), date(2026, 10, 1)) == CLOSED
    lines = AuditLine.objects.filter(workspace=workspace, action__startswith="calendar.").order_by("pk")
    assert [line.action for line in lines] == ["calendar.week_set"] + ["calendar.day_set"] * 3 + [
        "calendar.day_cleared"
    ]


def test_counting_ends() -> None:
    never = Hours(SHANGHAI, WEEKDAYS, days={date(2026, 1, 1) + timedelta(days=n): CLOSED for n in range(4000)})
    for work, code in [
        (lambda: add_working_time(never, at("2026-01-01T00:00"), timedelta(0)), "calendar.never"),
        (lambda: add_working_time(CHINA, at("2026-01-01T00:00"), timedelta(days=4000)), "calendar.never"),
        (lambda: add_working_time(CHINA, at("2026-01-01T00:00"), -HOUR), "calendar.duration"),
        (lambda: working_time_between(CHINA, at("2001-01-01T00:00"), at("2026-01-01T00:00")), "calendar.range"),
        (lambda: is_open(CHINA, datetime(9999, 12, 31, tzinfo=UTC)), "calendar.range"),
        (lambda: add_working_time(CHINA, datetime(1, 1, 1, tzinfo=UTC), HOUR), "calendar.range"),
    ]:
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.code == code
    with pytest.raises(ValueError, match="time zone"):
        is_open(CHINA, datetime(2026, 1, 1))


def test_the_days_of_a_year_that_differ(workspace: int) -> None:
    actions.set_day(workspace, date(2026, 10, 3), [(540, 720)], "Fair\x00")  # a Saturday within the holidays
    actions.set_day(workspace, date(2026, 10, 8), (), "Outing")
    actions.set_day(workspace, date(2027, 1, 1), NINE_TO_SIX)
    found = queries.special_days(workspace, 2026)
    own = [(one.day, one.spans, one.note) for one in found if one.why is Why.OWN]
    assert own == [(date(2026, 10, 3), ((540, 720),), "Fair"), (date(2026, 10, 8), (), "Outing")]
    assert [one.day for one in found if one.why is Why.HOLIDAY] == days(OFF_2026)
    assert [(one.day, one.spans) for one in found if one.why is Why.MAKE_UP] == [
        (day, NINE_TO_SIX) for day in days(WORKED_2026)
    ]
    assert [one.day for one in found] == sorted(one.day for one in found)
    actions.set_week(workspace, WEEKDAYS, "")
    assert len(queries.special_days(workspace, 2026)) == 2


def test_a_day_of_another_century_is_refused(workspace: int) -> None:
    for year in (1999, 2101):
        with pytest.raises(Refused) as refused:
            actions.set_day(workspace, date(year, 5, 1), ())
        assert refused.value.code == "calendar.year"
    assert not CalendarDay.objects.filter(workspace=workspace).exists()
