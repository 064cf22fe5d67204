"""The arithmetic of scores: exact numbers, caps by local day, what does not matter, and time."""

from datetime import UTC, date, datetime
from math import log2
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lianyi.audience.scoring import arithmetic
from lianyi.audience.scoring.defaults import DEFAULTS
from lianyi.audience.scoring.schemas import STATES, Bounds
from lianyi.kernel.clock import DAY, HOUR, to_micros
from lianyi.people.columns.days import local_days

NOON = to_micros(datetime(2026, 6, 1, 12, tzinfo=UTC))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def reckoned(*done: tuple[int, int, float], half_life: int = 14) -> dict[int, float]:
    """Strengths of (person, at, points)."""
    who, at, points = (np.array(column) for column in zip(*done, strict=True))
    people, strength = arithmetic.strengths(who.astype(np.int64), at.astype(np.int64), points.astype(float), half_life)
    return dict(zip(people.tolist(), strength.tolist(), strict=True))


def engagement(strength: float, now: int, half_life: int = 14) -> float:
    return float(arithmetic.engagements(np.array([strength]), now, half_life)[0])


def test_one_event_is_worth_its_points_and_half_of_them_after_a_half_life() -> None:
    (strength,) = reckoned((7, NOON, 64)).values()
    assert strength == NOON / (14 * DAY) + 6
    assert engagement(strength, NOON) == 64
    assert engagement(strength, NOON + 14 * DAY) == pytest.approx(32, rel=1e-11)
    assert engagement(strength, NOON + 28 * DAY) == pytest.approx(16, rel=1e-11)


def test_events_of_different_days_add_up_at_any_moment() -> None:
    found = reckoned((1, NOON, 8), (2, NOON, 5), (1, NOON - 14 * DAY, 8), (1, NOON - 28 * DAY, 8))
    assert found.keys() == {1, 2}
    assert found[1] == NOON / (14 * DAY) + log2(8 + 4 + 2)
    for days in (0, 1, 3.5, 100):
        wanted = sum(8 * 2 ** (-(days + ago) / 14) for ago in (0, 14, 28))
        assert engagement(found[1], NOON + int(days * DAY)) == pytest.approx(wanted, rel=1e-9)


def test_more_than_a_hundred_shows_as_a_hundred_and_fades_from_what_it_is() -> None:
    (strength,) = reckoned(*((1, NOON, 100) for _ in range(4))).values()
    assert engagement(strength, NOON) == 100
    assert engagement(strength, NOON + 14 * DAY) == 100
    assert engagement(strength, NOON + 42 * DAY) == pytest.approx(50, rel=1e-11)


def test_what_is_a_century_old_neither_counts_nor_breaks_anything() -> None:
    found = reckoned((1, NOON, 10), (1, NOON - 36_500 * DAY, 100), (2, NOON - 36_500 * DAY, 4), half_life=1)
    assert found[1] == NOON / DAY + log2(10)
    assert found[2] == (NOON - 36_500 * DAY) / DAY + 2
    assert engagement(found[2], NOON, 1) == 0


def test_nobody_did_anything() -> None:
    empty = np.zeros(0, np.int64)
    people, strength = arithmetic.strengths(empty, empty, np.zeros(0), 14)
    assert (len(people), len(strength)) == (0, 0)
    assert engagement(arithmetic.NEVER, NOON) == 0


ROWS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(NOON - 400 * DAY, NOON), st.integers(1, 100)), min_size=1, max_size=40
)


@given(ROWS, st.randoms())
def test_neither_order_nor_others_change_a_strength(rows: list[tuple[int, int, int]], chance: object) -> None:
    found = reckoned(*rows)
    mixed = list(rows)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert reckoned(*mixed) == found
    far = (900_000, NOON, 3)  # makes the numbers sparse
    assert reckoned(*rows, far) == found | reckoned(far)
    for person in found:
        assert reckoned(*(row for row in rows if row[0] == person)) == {person: found[person]}


@given(ROWS, st.integers(0, 1_000 * DAY))
def test_the_bar_says_what_the_sum_says(rows: list[tuple[int, int, int]], later: int) -> None:
    now = NOON + later
    for person, strength in reckoned(*rows).items():
        plain = sum(points * 2 ** (-(now - at) / (14 * DAY)) for who, at, points in rows if who == person)
        for score in (plain * (1 - 1e-6), plain * (1 + 1e-6)):
            if score > 1e-3:
                assert (strength >= arithmetic.bar(score, now, 14)) is (score < plain)


def test_of_each_local_day_the_first_so_many_count() -> None:
    # 16:00 UTC is midnight in Shanghai.
    at = [NOON, NOON + HOUR, NOON + 3 * HOUR, NOON + 4 * HOUR, NOON + 5 * HOUR]
    who = np.array([1, 1, 1, 1, 1, 2, 2], np.int64)
    moments = np.array([*at, at[0], at[1]], np.int64)
    days = local_days(moments, SHANGHAI)
    first = (date(2026, 6, 1) - date(1970, 1, 1)).days
    assert days.tolist() == [first] * 3 + [first + 1] * 2 + [first] * 2
    assert arithmetic.first_of_each_day(who, days, 2).tolist() == [True, True, False, True, True, True, True]
    assert arithmetic.first_of_each_day(who, days, 1).tolist() == [True, False, False, True, False, True, False]


def test_grades_begin_at_their_bounds() -> None:
    bounds = Bounds(a=75, b=50, c=25)
    fit = np.array([100, 75, 74, 50, 49, 25, 24, 0], float)
    assert arithmetic.fit_grades(fit, bounds).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    strength = np.array([*(reckoned((1, NOON, points))[1] for points in (75, 50, 25, 1)), arithmetic.NEVER])
    assert arithmetic.engagement_grades(strength, bounds, NOON, 14).tolist() == [0, 1, 2, 3, 3]
    assert arithmetic.engagement_grades(strength, bounds, NOON + 1, 14).tolist() == [1, 2, 3, 3, 3]


def test_fit_is_cut_to_a_hundred() -> None:
    assert arithmetic.fits(np.array([-40, 0, 30, 250])).tolist() == [0, 0, 30, 100]


def test_the_matrix_is_read_by_fit_and_then_by_engagement() -> None:
    fit = np.repeat([80.0, 60.0, 30.0, 0.0], 4)
    strength = np.tile([reckoned((1, NOON, points))[1] for points in (70, 40, 15, 1)], 4)
    found = [STATES[place] for place in arithmetic.states(fit, strength, DEFAULTS, NOON)]
    assert tuple(found) == DEFAULTS.matrix
