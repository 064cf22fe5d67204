"""BG/NBD: the published parameters, the published forecast, and numbers that no arithmetic can overflow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import hyp2f1
from tests.audience.worth.cdnow import summary

from lianyi.audience.worth import purchasing
from lianyi.audience.worth.schemas import Purchasing

PUBLISHED = Purchasing(0.2426, 4.4135, 0.7929, 2.4258, -9582.43)


def row(x: float, t_x: float, weeks: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([x]), np.array([t_x]), np.array([weeks])


def test_the_published_parameters_come_out() -> None:
    known = summary()
    found = purchasing.fit(purchasing.alike(known.x, known.t_x, known.T))
    assert [round(one, 3) for one in found[:4]] == [0.243, 4.414, 0.793, 2.426]
    assert round(found.log_likelihood, 1) == -9582.4
    one = row(2, 30.43, 38.86)
    assert purchasing.alive(found, *one)[0] == pytest.approx(0.7266, abs=5e-5)
    assert purchasing.expected(found, *one, 39)[0] == pytest.approx(1.226, abs=5e-4)


def test_counting_alike_customers_once_changes_nothing() -> None:
    known = summary()
    some = slice(0, 400)
    once = purchasing.fit(purchasing.alike(known.x[some], known.t_x[some], known.T[some]))
    each = purchasing.Customers(known.x[some], known.t_x[some], known.T[some], np.ones(400))
    assert purchasing.fit(each) == pytest.approx(once, rel=1e-4)


def test_the_slope_is_that_of_the_likelihood() -> None:
    known = summary()
    customers = purchasing.alike(known.x, known.t_x, known.T)
    distinct, place = np.unique(customers.x, return_inverse=True)
    at = np.array([0.3, 5.0, 0.9, 2.0])
    slope = purchasing._likelihood(at, customers, distinct, place)[1]
    for which in range(4):
        step = np.zeros(4)
        step[which] = 1e-5
        up, down = (purchasing._likelihood(at + sign * step, customers, distinct, place)[0] for sign in (1, -1))
        assert slope[which] == pytest.approx((up - down) / 2e-5, rel=1e-5)


@settings(deadline=None)
@given(st.integers(0, 60), st.floats(1, 300), st.floats(1, 60))
def test_the_forecast_is_that_of_the_paper(x: int, weeks: float, horizon: float) -> None:
    """Equation 10, where its hypergeometric function can be computed."""
    r, alpha, a, b, _ = PUBLISHED
    there = alpha + weeks
    series = hyp2f1(r + x, b + x, a + b + x - 1, horizon / (there + horizon))
    paper = (a + b + x - 1) / (a - 1) * (1 - (there / (there + horizon)) ** (r + x) * series)
    found = purchasing.expected(PUBLISHED, *row(x, weeks, weeks), horizon)[0]
    alive = purchasing.alive(PUBLISHED, *row(x, weeks, weeks))[0]
    assert found == pytest.approx(alive * paper, rel=2e-4, abs=1e-9)


def test_it_forecasts_what_such_people_do() -> None:
    """People made by the model's own story, whose next year is simulated too."""
    chance = np.random.default_rng(7)
    model = Purchasing(0.8, 6.0, 0.9, 3.0, 0.0)
    people, weeks, horizon = 20_000, 40.0, 52.0
    rate, leaves = chance.gamma(model.r, 1 / model.alpha, people), chance.beta(model.a, model.b, people)
    x, later, t_x, at = np.zeros(people), np.zeros(people), np.zeros(people), np.zeros(people)
    there = np.ones(people, bool)
    while there.any():
        at += chance.exponential(1.0, people) / rate
        now, then = there & (at <= weeks), there & (at > weeks) & (at <= weeks + horizon)
        x, later, t_x = x + now, later + then, np.where(now, at, t_x)
        there &= (at <= weeks + horizon) & (chance.random(people) >= leaves)
    fitted = purchasing.fit(purchasing.alike(x, t_x, np.full(people, weeks)))
    assert fitted[:2] == pytest.approx(model[:2], rel=0.1)
    for once in (True, False):
        some = (x > 0) != once
        said = purchasing.expected(fitted, x[some], t_x[some], np.full(some.sum(), weeks), horizon)
        assert said.mean() == pytest.approx(later[some].mean(), rel=0.05)


@pytest.mark.parametrize(
    "model",
    [
        PUBLISHED,
        Purchasing(1e-5, 1e-5, 1e-5, 1e-5, 0),
        Purchasing(1e6, 1e6, 1e6, 1e6, 0),
        Purchasing(1e6, 1e-5, 1.0, 1e6, 0),
        Purchasing(1.0, 1.0, 1.0, 1.0, 0),  # where the paper's formula divides by nothing
        Purchasing(0.2, 4.0, 1e-5, 1e6, 0),
    ],
)
def test_no_numbers_overflow(model: Purchasing) -> None:
    x = np.array([0, 1, 2, 500, 100_000, 1, 0], np.float64)
    t_x = np.array([0, 0, 1000, 500, 999, 1e-9, 0], np.float64)
    weeks = np.array([0, 0, 1000, 2000, 1000, 5000, 5000], np.float64)
    alive = purchasing.alive(model, x, t_x, weeks)
    assert ((alive >= 0) & (alive <= 1)).all()
    for horizon in (1 / 7, 260):
        found = purchasing.expected(model, x, t_x, weeks, horizon)
        assert (np.isfinite(found) & (found >= 0)).all()


def test_a_fit_to_people_who_all_did_the_same_ends() -> None:
    x, t_x, weeks = np.full(300, 3.0), np.full(300, 20.0), np.full(300, 25.0)
    found = purchasing.fit(purchasing.alike(x, t_x, weeks))
    assert np.isfinite(found).all()
    assert 0 <= purchasing.alive(found, x[:1], t_x[:1], weeks[:1])[0] <= 1
    assert found.r > 100  # nobody differs from anybody
