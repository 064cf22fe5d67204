"""The measures themselves, against what is known of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lianyi.audience.learned import fitting, leaks, measuring
from lianyi.audience.learned.columns import Column, earliest, latest, ones, side_by_side, summed
from lianyi.audience.learned.schemas import Bin, Feature


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, np.int64)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=50))
def test_the_auc_is_that_of_others(rows: list[tuple[int, bool]]) -> None:
    scores, outcome = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows])
    if outcome.all() or not outcome.any():
        return
    assert measuring.auc(scores, outcome) == pytest.approx(roc_auc_score(outcome, scores))


def test_its_bounds_hold_in_95_of_100_cases() -> None:
    chance = np.random.default_rng(5)
    true, within = 0.7602, 0  # of two normal distributions one standard deviation apart
    for _ in range(400):
        outcome = np.r_[np.ones(80, bool), np.zeros(160, bool)]
        scores = chance.normal(size=240) + outcome
        low, high = measuring.auc_bounds(measuring.auc(scores, outcome), 80, 160)
        within += low <= true <= high
    assert 368 <= within <= 392
    assert measuring.auc_bounds(1.0, 10, 10) == (1.0, 1.0)


def test_some_of_each_kind_tell_as_much_as_all() -> None:
    chance = np.random.default_rng(6)
    outcome = chance.random(50_000) < 0.02
    scores = chance.normal(size=50_000) + outcome
    some = measuring.of_each(outcome, 900, chance)
    assert (outcome[some].sum(), (~outcome[some]).sum()) == (900, 900)
    assert len(np.unique(some)) == 1_800
    assert measuring.auc(scores[some], outcome[some]) == pytest.approx(measuring.auc(scores, outcome), abs=0.02)
    assert len(measuring.of_each(outcome, 10**6, chance)) == 50_000


def test_a_curve_has_ten_groups_of_people() -> None:
    likely = np.linspace(0, 1, 101)
    found = measuring.curve(likely, likely > 0.5)
    assert [one.people for one in found] == [11, *[10] * 9]
    assert found[0] == Bin(pytest.approx(0.05), 0.0, 11)
    assert found[-1] == Bin(pytest.approx(0.955), 1.0, 10)
    assert measuring.curve(np.array([0.2]), np.array([True])) == (Bin(0.2, 1.0, 1),)


def test_columns_stand_side_by_side() -> None:
    some = Column(Feature("orders"), "days", ints(2, 5), np.array([3, 4], np.float32), np.nan)
    table = side_by_side([some, ones(Feature("tag", "vip"), "", ints(5, 1, 5, 0))], ints(1, 2, 5, 9))
    assert table.ravel().tolist() == pytest.approx([np.nan, 1, 3, 0, 4, 1, np.nan, 0], nan_ok=True)
    assert side_by_side([some], ints()).shape == (0, 1)


def test_of_many_rows_of_a_person_one_counts() -> None:
    persons, at = ints(3, 1, 3, 0, 1), ints(5, 7, 9, 99, 6)
    assert [part.tolist() for part in latest(persons, at)] == [[1, 3], [1, 2]]
    assert [part.tolist() for part in earliest(persons, at)] == [[1, 3], [4, 0]]
    assert [part.tolist() for part in summed(ints(3, 1, 3), ints(1, 2, 4))] == [[1, 3], [2.0, 5.0]]
    assert [part.tolist() for part in latest(ints(), ints())] == [[], []]


def test_levelled_probabilities_come_true() -> None:
    chance = np.random.default_rng(2)
    true = chance.beta(1, 6, 40_000)
    outcome = chance.random(40_000) < true
    boasting = np.clip(true * 4, 0.001, 0.999)  # orders people well, and says far too much
    level = fitting.level(boasting[:20_000], outcome[:20_000])
    said = level(boasting[20_000:])
    assert said.mean() == pytest.approx(outcome[20_000:].mean(), abs=0.01)
    assert measuring.auc(said, outcome[20_000:]) == pytest.approx(measuring.auc(boasting[20_000:], outcome[20_000:]))


@pytest.mark.parametrize("many", [3_000, 12_000])
def test_both_methods_find_what_is_there_and_what_it_rests_on(many: int) -> None:
    chance = np.random.default_rng(4)
    visits, noise = chance.poisson(3, many), chance.normal(size=many)
    outcome = chance.random(many) < 1 / (1 + np.exp(3 - visits))
    table = np.asfortranarray(np.stack([visits, noise, np.where(noise > 1, np.nan, noise)], 1), dtype=np.float32)
    columns = [Column(Feature("event", name), "ever", ints(), np.empty(0, np.float32)) for name in ("visit", "a", "b")]
    half = many // 2
    fitted = fitting.fit(table[:half], outcome[:half])
    assert fitted.method == ("boosting" if many == 12_000 else "regression")
    assert measuring.auc(fitted.raw(table[half:]), outcome[half:]) > 0.8
    first = fitting.reasons(fitted, columns, table[half:], outcome[half:])[0]
    assert (first.feature, first.detail, first.more) == (Feature("event", "visit"), "ever", True)
    assert first.lost > 0.25


def test_a_fact_that_tells_everybody_apart_is_a_leak() -> None:
    outcome = np.arange(400) % 2 == 0
    given_away = np.where(outcome, np.nan, 1.0)
    table = np.stack([given_away, np.arange(400.0), np.full(400, np.nan)], 1).astype(np.float32)
    columns = [Column(Feature("trait", name), "value", ints(), np.empty(0, np.float32)) for name in "abc"]
    assert leaks.alone(columns, table, outcome) == [leaks.Leak(Feature("trait", "a"), "alone", 1.0)]


def test_a_fact_that_comes_after_the_outcome_is_a_leak() -> None:
    persons, at = np.arange(1, 101), np.full(100, 50)
    before, after = np.full(40, 49), np.r_[np.full(39, 50), 10]
    firsts = [
        (Feature("trait", "before"), np.arange(1, 41), before),
        (Feature("trait", "after"), np.arange(61, 101), after),
        (Feature("trait", "of few"), np.arange(1, 20), after[:19]),
        (Feature("trait", "of others"), np.arange(200, 240), after),
    ]
    assert leaks.later(firsts, persons, at) == [leaks.Leak(Feature("trait", "after"), "later", 39 / 40)]
