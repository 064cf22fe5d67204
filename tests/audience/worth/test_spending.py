"""Gamma-Gamma: the published parameters, and amounts of any size."""

import numpy as np
import pytest
from tests.audience.worth.cdnow import summary

from lianyi.audience.worth import spending
from lianyi.audience.worth.schemas import Spending


def test_the_published_parameters_come_out() -> None:
    known = summary()
    again = known.x > 0
    assert again.sum() == 946
    found = spending.fit(known.x[again], known.z[again])
    assert [round(one, 2) for one in found[:3]] == pytest.approx([6.25, 3.74, 15.45], abs=0.01)
    # Who bought once is expected to spend what all do on the average, more purchases count more.
    assert spending.expected(found, known.x[:3], known.z[:3]) == pytest.approx([24.66, 18.91, 35.17], abs=0.01)


def test_the_slope_is_that_of_the_likelihood() -> None:
    known = summary()
    again = known.x > 0
    at = np.array([5.0, 3.0, 14.0])
    slope = spending._likelihood(at, known.x[again], known.z[again])[1]
    for which in range(3):
        step = np.zeros(3)
        step[which] = 1e-5
        up, down = (spending._likelihood(at + sign * step, known.x[again], known.z[again])[0] for sign in (1, -1))
        assert slope[which] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-3)


@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e9])
def test_the_currency_makes_no_difference(unit: float) -> None:
    known = summary()
    again = known.x > 0
    found = spending.fit(known.x[again], known.z[again] * unit)
    assert found[:2] == pytest.approx([6.25, 3.74], abs=0.01)
    assert found.v / unit == pytest.approx(15.45, abs=0.01)


def test_a_fit_to_people_who_all_paid_the_same_ends() -> None:
    found = spending.fit(np.full(300, 3.0), np.full(300, 20.0))
    assert np.isfinite(found).all()
    assert spending.expected(found, np.array([3.0]), np.array([20.0]))[0] == pytest.approx(20, rel=0.01)


def test_no_numbers_overflow() -> None:
    x, z = np.array([0, 1, 100_000.0]), np.array([0, 1e-6, 1e12])
    for model in (Spending(1e6, 1.000_006, 1e6, 0), Spending(1e-5, 1e6, 1e12, 0)):
        assert np.isfinite(spending.expected(model, x, z)).all()
