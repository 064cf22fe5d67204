"""What it means that a value passes a test."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import TypeAdapter

from lianyi.rules.passing import Value, passes
from lianyi.rules.values import Test

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 1)
EVERY: list[Value] = ["", "5", "Ab", 5, 5.0, 0, True, False, date(2026, 3, 1), ("5", 5, True), ()]


def asking(name: str, **more: Any) -> Test:
    made: Test = TypeAdapter(Test).validate_json(TypeAdapter(dict).dump_json({"test": name, **more}))
    return made


@pytest.mark.parametrize(
    ("asked", "passing"),
    [
        (asking("known"), EVERY),
        (asking("equals", value="5"), ["5"]),
        (asking("equals", value=5), [5, 5.0]),
        (asking("equals", value="aB"), ["Ab"]),
        (asking("equals", value=True), [True]),
        (asking("equals", value=0), [0]),
        (asking("one_of", values=["AB", 5]), ["Ab", 5, 5.0]),
        (asking("contains", text="b"), ["Ab"]),
        (asking("starts_with", text="a"), ["Ab"]),
        (asking("range", at_least=5), [5, 5.0]),
        (asking("range", more_than=5), []),
        (asking("range", more_than=-1, less_than=5), [0]),
        (asking("range", at_most=5, at_least=0), [5, 5.0, 0]),
        (asking("dates", from_on="2026-03-01", to_on="2026-03-01"), [date(2026, 3, 1)]),
        (asking("has", values=["5"]), [("5", 5, True)]),
        (asking("has", values=[True]), [("5", 5, True)]),
        (asking("has", values=["7", 1]), []),
    ],
)
def test_kinds_do_not_mix(asked: Test, passing: list[Value]) -> None:
    found = [value for value in EVERY if passes(asked, value, TODAY, SHANGHAI)]
    assert [(type(one), one) for one in found] == [(type(one), one) for one in passing]
    assert not passes(asked, None, TODAY, SHANGHAI)


def test_only_a_to_z_are_lowered() -> None:
    assert passes(asking("equals", value="zürich"), "ZüRICH", TODAY, SHANGHAI)
    assert not passes(asking("equals", value="zürich"), "ZÜRICH", TODAY, SHANGHAI)


@pytest.mark.parametrize(
    ("born", "within", "is_near"),
    [
        (date(1990, 3, 1), 0, True),
        (date(1990, 3, 8), 7, True),
        (date(1990, 3, 9), 7, False),
        (date(1990, 2, 28), 7, False),
        (date(1990, 2, 28), 364, True),
        (date(1990, 2, 28), 363, False),
        (date(1992, 2, 29), 0, True),  # 1 March in 2026
    ],
)
def test_anniversaries(born: date, within: int, is_near: bool) -> None:
    assert passes(asking("anniversary", within_days=within), born, TODAY, SHANGHAI) is is_near


def test_a_leap_day_returns_on_itself_in_a_leap_year() -> None:
    eve = date(2028, 2, 28)
    assert passes(asking("anniversary", within_days=1), date(1992, 2, 29), eve, SHANGHAI)
    assert not passes(asking("anniversary", within_days=0), date(1992, 2, 29), eve, SHANGHAI)


@pytest.mark.parametrize(
    ("from_days", "to_days", "passing"),
    [(-1, 0, [-1, 0]), (None, -1, [-2, -1]), (1, None, [1, 2]), (0, 0, [0]), (-2, 1, [-2, -1, 0, 1])],
)
def test_days_from_today(from_days: int | None, to_days: int | None, passing: list[int]) -> None:
    asked = asking("from_today", from_days=from_days, to_days=to_days)
    days = {away: date.fromordinal(TODAY.toordinal() + away) for away in range(-2, 3)}
    assert [away for away, day in days.items() if passes(asked, day, TODAY, SHANGHAI)] == passing


def test_a_moment_is_its_day_in_the_zone() -> None:
    late = datetime(2026, 2, 28, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    asked = asking("dates", from_on="2026-03-01")
    assert passes(asked, late, TODAY, SHANGHAI)
    assert not passes(asked, late, TODAY, ZoneInfo("UTC"))
